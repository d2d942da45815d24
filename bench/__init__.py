"""Measures what de-identification costs, beside a plain copy and beside pydicom. Nothing here is a test."""

"""Putting identifiers of people who do not exist into objects, and writing down the truth."""

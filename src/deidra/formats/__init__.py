"""One adapter per container format: how its objects are opened, de-identified and written."""

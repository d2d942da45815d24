"""Clean objects of many IODs, made from nothing."""

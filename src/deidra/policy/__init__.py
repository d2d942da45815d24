"""What a policy says, checked strictly, and what it compiles to."""

"""Evidence: plant synthetic identifiers with their truth, and score what any de-identifier made of them."""

"""What pixels show: text in pictures, and how it is filled in every codec. Heavy packages are imported where used."""

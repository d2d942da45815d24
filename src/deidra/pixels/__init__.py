"""What pixels show: text in pictures. Needs the extra `pixels`, imported where used."""

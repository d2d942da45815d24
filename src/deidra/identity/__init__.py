"""Who a subject becomes: keys, pseudonyms, UIDs and date shifts, all derived and none allocated."""

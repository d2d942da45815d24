"""Released objects seen by validators that know nothing of Deidra."""

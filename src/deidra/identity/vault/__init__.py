"""The vault: keys and, where a project asks for it, the way back; encrypted, shared, every access on record.

    seal        authenticated encryption of single records, blind indexes
    unlock      where the key that opens a vault comes from
    store       SQLite or PostgreSQL: tables, transactions
    access_log  who looked up what, when and why; a chain of hashes
    binding     what a workspace knows of its vault
    opening     create, open, rotate
    projects    keys and settings of each project; never a derivation in common
    crosswalk   original and new identifiers; numbers given in turn
    destroy     the end of the way back, and the proof of it

A vault has one data key of 32 random bytes. It is wrapped under the key that opens the vault, so that one can be
changed without touching a record; every other key is derived from it or sealed under it.
"""

"""Words for people: translations, phone numbers, search without diacritics."""

"""Spelling of the report: `tokens` finds the words that are judged, `forms` knows how English and
medicine build words, `english` reads the dictionary, `speller` judges and suggests, `own_words`
keeps what the reader added."""

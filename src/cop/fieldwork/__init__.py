"""Field work: questionnaires, contacts, responses, review and publication."""

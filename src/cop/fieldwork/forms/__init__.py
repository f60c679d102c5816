"""Questionnaires, and the forms made of them for KoboToolbox, ODK, LimeSurvey, Excel and print."""

"""Provide the controls, tables and exports of explore.ipynb, in JupyterLab and on a site.

desk: list of countries and interactive cells; figures and research: frames; tables, exports and
form: output and input; lab and site: start the notebook. No stage notebook imports these modules.
"""

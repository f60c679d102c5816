"""Provide the controls, tables and exports of explore.ipynb, in JupyterLab and on a site."""

"""The analyst's desk: what explore.ipynb shows, in JupyterLab and on a read-only site.

calls, tables, exports; then choice (the country looked at), view (controls and what they answer),
views, form; and lab and site, which open the notebook. No stage and no helper imports it, so that
a batch never loads a widget.
"""

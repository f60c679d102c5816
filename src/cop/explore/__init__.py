"""The analyst's desk: what explore.ipynb shows, in JupyterLab and on a read-only site.

calls, choice (the country looked at); economies, coding and gaps, which give frames; tables and
exports; several (countries beside it), view (controls and what they answer), views, form; and lab
and site, which open it. No stage and no helper imports these, so that a batch never loads a widget.
"""

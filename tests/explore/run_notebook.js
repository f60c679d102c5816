// Open a notebook in JupyterLab, run all its cells, and return what came of each.
async path => {
    const panel = await jupyterapp.commands.execute('docmanager:open', { path });
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    await jupyterapp.commands.execute('notebook:run-all-cells');
    return panel.content.widgets.map(w => w.model.toJSON()).filter(c => c.cell_type === 'code')
        .map(c => ({
            ran: c.execution_count,
            kinds: c.outputs.map(o => o.output_type),
            errors: c.outputs.map(o => o.evalue || '').join(''),
        }));
}

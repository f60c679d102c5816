// Ask the kernel of a reader's page to run code, over its own socket, and return the types of its answers.
async code => {
    const config = document.getElementById('jupyter-config-data').textContent, heard = [];
    const path = `/api/kernels/${JSON.parse(config).kernelId}/channels?session_id=reader`;
    const socket = new WebSocket(`ws://${location.host}${path}`);
    socket.onmessage = m => {
        if (typeof m.data === 'string') heard.push(JSON.parse(m.data).msg_type);
    };
    await new Promise(done => { socket.onopen = done; });
    const header = () => ({ msg_id: crypto.randomUUID(), session: 'reader', username: '',
        version: '5.3', date: new Date().toISOString() });
    const send = (msg_type, content) => socket.send(JSON.stringify({
        channel: 'shell', parent_header: {}, metadata: {}, content,
        header: { ...header(), msg_type },
    }));
    send('execute_request', { code, silent: false, store_history: false,
        user_expressions: {}, allow_stdin: false });
    send('comm_info_request', {});
    for (let wait = 0; wait < 200 && !heard.includes('comm_info_reply'); wait++)
        await new Promise(done => setTimeout(done, 100));
    await new Promise(done => setTimeout(done, 500));
    socket.close();
    return heard;
}

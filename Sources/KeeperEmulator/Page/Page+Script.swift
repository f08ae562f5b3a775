extension Page {
    /// All that comes from the vault is put in as text, never as HTML.
    static let script = #"""
        'use strict';
        const at = id => document.getElementById(id);
        const node = (tag, attributes = {}, ...children) => {
          const made = Object.assign(document.createElement(tag), attributes);
          made.append(...children);
          return made;
        };
        let records = [], selected = null, editors = [], messageTimer;

        async function api(method, path, body) {
          const answer = await fetch('/api/' + path, {
            method, headers: body === undefined ? {} : {'Content-Type': 'application/json'},
            body: body === undefined ? (method === 'POST' ? '{}' : undefined) : JSON.stringify(body)});
          const json = await answer.json();
          if (!answer.ok) throw new Error(json.error || answer.statusText);
          return json;
        }
        function say(text, bad = false) {
          const message = at('message');
          message.textContent = text;
          message.className = 'shown' + (bad ? ' bad' : '');
          clearTimeout(messageTimer);
          messageTimer = setTimeout(() => { message.className = bad ? 'bad' : ''; }, 2500);
        }
        const act = action => async event => {
          event.preventDefault();
          try { await action(event); } catch (error) { say(error.message, true); }
        };

        async function refresh() {
          const vault = await api('GET', 'records');
          at('application').textContent = vault.application;
          at('hostname').textContent = 'https://' + vault.hostname;
          at('count').textContent = vault.records.length;
          at('revision').textContent = vault.revision;
          if (JSON.stringify(records) !== JSON.stringify(vault.records)) {
            records = vault.records;
            listRecords();
          }
          listCounters(await api('GET', 'counters'));
          listFaults((await api('GET', 'faults')).faults);
          const clients = (await api('GET', 'clients')).clients;
          const bound = clients.filter(client => client.bound && !client.revoked).length;
          at('clients').textContent = bound + ' bound, ' + (clients.length - bound) + ' waiting or revoked';
        }
        function listRecords() {
          const wanted = at('filter').value.toLowerCase();
          const list = at('records');
          list.replaceChildren();
          for (const record of records) {
            const place = record.folder.length ? record.folder.join(' › ') : 'shared directly';
            const text = [record.title, record.type, record.uid, place].join(' ').toLowerCase();
            if (!text.includes(wanted)) continue;
            const button = node('button', {type: 'button'},
              node('div', {className: 'row'}, node('span', {className: 'title', textContent: record.title}),
                node('span', {className: 'tag', textContent: record.type})),
              node('p', {className: 'meta', textContent: place + (record.folder.length && record.direct ? ' + directly' : '')}),
              node('div', {className: 'row'}, node('code', {className: 'meta', textContent: record.uid}),
                node('span', {className: 'meta', textContent: 'rev. ' + record.revision})));
            button.dataset.uid = record.uid;
            button.setAttribute('aria-current', record.uid === selected);
            button.onclick = act(() => open(record.uid));
            list.append(node('li', {}, button));
          }
        }

        async function open(uid) {
          const record = await api('GET', 'records/' + encodeURIComponent(uid));
          selected = uid;
          editors = [];
          listRecords();
          const save = node('button', {type: 'button', className: 'main', id: 'save', textContent: 'Save', disabled: true});
          const box = at('record');
          box.replaceChildren(
            node('div', {className: 'row'}, node('h2', {textContent: record.title}),
              node('span', {className: 'tag', textContent: record.type})),
            node('p', {className: 'meta'}, node('code', {textContent: record.uid}), ' · revision ' + record.revision));
          addSection(box, 'Record', [
            {name: 'title', path: '', key: 'title', values: [record.title], open: true},
            {name: 'notes', path: '', key: 'notes', values: record.notes === null ? [''] : [record.notes]}]);
          for (const section of ['fields', 'custom']) {
            addSection(box, section === 'fields' ? 'Fields' : 'Custom fields', record[section].map((field, index) => ({
              name: field.label || field.type, type: field.label ? field.type : '', values: field.value, isList: true,
              path: '/fields/' + encodeURIComponent(field.label || field.type) + '?section=' + section + '&index=' + index})));
          }
          if (record.files.length) {
            box.append(node('h3', {textContent: 'Files'}), ...record.files.map(file =>
              node('div', {className: 'field row'}, node('span', {className: 'name', textContent: file.name}),
                node('span', {className: 'meta', textContent: file.title + ' · ' + file.type + ' · ' + file.size + ' bytes'}))));
          }
          save.onclick = act(() => store(uid));
          box.append(node('div', {className: 'actions'}, save,
            node('button', {type: 'button', textContent: 'Discard', onclick: act(() => open(uid))})));
        }
        function addSection(box, title, fields) {
          if (!fields.length) return;
          box.append(node('h3', {textContent: title}));
          for (const field of fields) {
            const row = node('div', {className: 'field edit'}), values = node('div', {className: 'values'});
            const show = node('button', {type: 'button', className: 'quiet', textContent: field.open ? 'Hide' : 'Show'});
            row.append(node('div', {className: 'label'}, node('span', {className: 'name', textContent: field.name}),
              node('span', {className: 'meta', textContent: field.type || ''})), values, show);
            const inputs = [];
            const add = value => {
              const isText = typeof value === 'string';
              const text = isText ? value : JSON.stringify(value);
              const input = node('textarea', {value: text, spellcheck: false, autocomplete: 'off',
                rows: Math.min(8, text.split('\n').length), className: field.open ? '' : 'hidden'});
              input.setAttribute('aria-label', field.name);
              input.isText = isText;
              input.oninput = () => {
                row.classList.toggle('changed', isChanged(editor));
                at('save').disabled = !editors.some(isChanged);
              };
              inputs.push(input);
              values.append(input);
            };
            const editor = {field, inputs, before: ''};
            (field.values.length ? field.values : ['']).forEach(add);
            editor.before = inputs.map(input => input.value).join('\u0000');
            show.onclick = () => {
              const hide = show.textContent === 'Hide';
              show.textContent = hide ? 'Show' : 'Hide';
              inputs.forEach(input => input.classList.toggle('hidden', hide));
            };
            row.dataset.field = field.name;
            editors.push(editor);
            box.append(row);
          }
        }
        const isChanged = editor => editor.inputs.map(input => input.value).join('\u0000') !== editor.before;
        function valuesOf(editor) {
          const values = editor.inputs.map(input => {
            if (input.isText) return input.value;
            try { return JSON.parse(input.value); } catch { throw new Error(editor.field.name + ' is not valid JSON'); }
          });
          return values.length === 1 && values[0] === '' && !editor.field.values.length ? [] : values;
        }
        async function store(uid) {
          const changed = editors.filter(isChanged).map(editor => ({editor, values: valuesOf(editor)}));
          for (const {editor, values} of changed) {
            const body = editor.field.isList ? {value: values} : {[editor.field.key]: values[0]};
            await api('PUT', 'records/' + encodeURIComponent(uid) + editor.field.path, body);
          }
          await refresh();
          await open(uid);
          say('Saved');
        }

        function listCounters(counters) {
          const rows = [['connections', counters.connections], ['failed handshakes', counters.failedHandshakes],
            ...Object.entries(counters.results)];
          at('counters').replaceChildren(...rows.map(([name, count]) =>
            node('tr', {}, node('td', {textContent: name}), node('td', {textContent: count}))));
        }
        function listFaults(faults) {
          at('faults').replaceChildren(...faults.map((fault, index) => {
            const remove = act(async () => {
              const rest = faults.filter((_, other) => other !== index);
              listFaults((await api('POST', 'faults', {faults: rest})).faults);
            });
            return node('li', {}, node('code', {textContent: fault}),
              node('button', {type: 'button', className: 'quiet', textContent: 'Remove', onclick: remove}));
          }));
        }
        at('add-fault').onsubmit = act(async () => {
          const value = at('fault-value').value.trim(), times = at('fault-times').value.trim();
          const operation = at('fault-operation').value;
          const spec = at('fault-kind').value + (value ? '=' + value : '') + (operation ? '@' + operation : '')
            + (times ? '*' + times : '');
          listFaults((await api('POST', 'faults', {add: spec})).faults);
        });
        at('reset').onclick = act(async () => listCounters(await api('DELETE', 'counters')));
        at('token').onclick = act(async () => { at('token-text').textContent = (await api('POST', 'tokens')).token; });
        at('filter').oninput = listRecords;
        refresh().catch(error => say(error.message, true));
        setInterval(() => refresh().catch(() => say('The emulator has ended', true)), 2000);
        """#
}

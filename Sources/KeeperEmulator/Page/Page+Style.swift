extension Page {
    static let style = #"""
        :root {
          --ground: #f4f5f8; --panel: #fff; --line: #dfe2ea; --text: #1b2130; --soft: #667085;
          --accent: #3538cd; --accent-ground: #eceefe; --bad: #b42318; --good: #067647; --field: #f8f9fc;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0f1218; --panel: #181c25; --line: #2b3140; --text: #e7eaf2; --soft: #97a0b5;
            --accent: #a4a9ff; --accent-ground: #252a4a; --bad: #ff8a7a; --good: #6ce0a4; --field: #11151d;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
        h1 { font-size: 18px; margin: 0; } h2 { font-size: 14px; margin: 0 0 8px; }
        header { display: flex; flex-wrap: wrap; gap: 12px 40px; align-items: center; padding: 14px 20px;
          background: var(--panel); border-bottom: 1px solid var(--line); }
        .brand { display: flex; gap: 10px; align-items: center; }
        .key { width: 26px; height: 26px; border-radius: 8px; background: linear-gradient(135deg, #7a5af8, #3538cd);
          position: relative; }
        .key::after { content: ""; position: absolute; inset: 7px 10px; border-radius: 3px; background: #fff; }
        .facts { display: flex; gap: 28px; margin: 0; } .facts dt { color: var(--soft); font-size: 12px; }
        .facts dd { margin: 0; font-variant-numeric: tabular-nums; }
        main { display: grid; grid-template-columns: 340px minmax(0, 1fr) 250px; gap: 16px; padding: 16px 20px;
          align-items: start; max-width: 1500px; margin: auto; }
        @media (max-width: 900px) { main { grid-template-columns: 1fr; } }
        .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 14px; }
        aside { display: grid; gap: 16px; }
        .list { padding: 10px; } .list ul { margin-top: 8px; }
        ul { list-style: none; margin: 0; padding: 0; }
        .list button { all: unset; display: block; width: 100%; box-sizing: border-box; padding: 8px 10px;
          border-radius: 8px; cursor: pointer; }
        .list button:hover { background: var(--field); }
        .list button:focus-visible { outline: 2px solid var(--accent); }
        .list button[aria-current=true] { background: var(--accent-ground); }
        .list button[aria-current=true] .tag { background: var(--panel); }
        .small + button { margin-top: 8px; } #token-text:empty { display: none; }
        .row { display: flex; gap: 8px; justify-content: space-between; align-items: baseline; }
        .title { font-weight: 600; overflow-wrap: anywhere; }
        .small, .meta { color: var(--soft); font-size: 12px; margin: 0; overflow-wrap: anywhere; }
        .tag { color: var(--accent); background: var(--accent-ground); border-radius: 99px; padding: 1px 8px;
          font-size: 11px; white-space: nowrap; }
        code { font: 12px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; } .wrap { overflow-wrap: anywhere; }
        input, select, textarea { width: 100%; font: inherit; color: inherit; background: var(--field);
          border: 1px solid var(--line); border-radius: 8px; padding: 6px 9px; }
        input:focus, select:focus, textarea:focus { outline: 2px solid var(--accent); outline-offset: -1px; }
        textarea { resize: vertical; font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13px; }
        textarea.hidden { -webkit-text-security: disc; color: var(--soft); }
        button { font: inherit; font-weight: 600; cursor: pointer; border-radius: 8px; padding: 6px 12px;
          border: 1px solid var(--line); background: var(--panel); color: inherit; }
        button.main { background: #3538cd; border-color: #3538cd; color: #fff; }
        button.main:disabled { opacity: .45; cursor: default; }
        button.quiet { border: 0; background: none; color: var(--accent); padding: 0; font-size: 12px; }
        .record h2 { font-size: 18px; margin: 0; overflow-wrap: anywhere; }
        .record h3 { font-size: 12px; color: var(--soft); text-transform: uppercase; letter-spacing: .05em;
          margin: 18px 0 6px; }
        .field { padding: 7px 0; border-top: 1px solid var(--line); }
        .field.edit { display: grid; grid-template-columns: 150px minmax(0, 1fr) 40px; gap: 5px 12px; }
        .field .name { font-weight: 600; overflow-wrap: anywhere; } .field textarea { display: block; }
        .field .label { padding-top: 6px; } .field .label .meta { display: block; }
        .field .values { display: grid; gap: 5px; align-content: start; } .field button { align-self: start; padding-top: 8px; }
        .field.changed .name::after { content: " •"; color: var(--accent); font-weight: 400; }
        .actions { display: flex; gap: 10px; align-items: center; margin-top: 16px; }
        .hint { color: var(--soft); padding: 60px 20px; text-align: center; }
        form { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin-top: 8px; }
        form label { font-size: 12px; color: var(--soft); } form button, form label.wide { grid-column: 1 / -1; }
        #faults li { display: flex; justify-content: space-between; gap: 8px; padding: 3px 0; color: var(--bad); }
        table { border-collapse: collapse; width: 100%; }
        td { padding: 2px 0; overflow-wrap: anywhere; } td + td { text-align: right; font-variant-numeric: tabular-nums; }
        aside h2 { display: flex; justify-content: space-between; }
        #message { position: fixed; bottom: 18px; left: 50%; transform: translateX(-50%); padding: 8px 16px;
          border-radius: 10px; background: var(--text); color: var(--panel); opacity: 0; transition: opacity .2s;
          pointer-events: none; }
        #message.shown { opacity: 1; } #message.bad { background: var(--bad); }
        """#
}

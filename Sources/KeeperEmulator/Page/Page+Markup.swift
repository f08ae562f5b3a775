extension Page {
    static let markup = #"""
        <header>
          <div class="brand"><span class="key" aria-hidden="true"></span>
            <h1 id="application">keeper-emulator</h1></div>
          <dl class="facts">
            <div><dt>Service</dt><dd><code id="hostname">…</code></dd></div>
            <div><dt>Records</dt><dd id="count">…</dd></div>
            <div><dt>Vault revision</dt><dd id="revision">…</dd></div>
          </dl>
        </header>
        <main>
          <section class="panel list" aria-label="Records">
            <input id="filter" type="search" placeholder="Filter by title, type, uid or folder" autocomplete="off">
            <ul id="records"></ul>
          </section>
          <section class="panel record" id="record" aria-live="polite">
            <div class="hint"><p>Choose a record to see its fields.</p>
            <p>Values stay hidden until you show them. What you save is what clients get with their next request.</p></div>
          </section>
          <aside>
            <section class="panel">
              <h2>Faults</h2>
              <p class="small">The first that fits strikes.</p>
              <ul id="faults"></ul>
              <form id="add-fault">
                <label class="wide">Kind
                  <select id="fault-kind">
                    <option value="throttle">throttled (403)</option>
                    <option value="500">server error (500)</option>
                    <option value="proxy">proxy's page (502)</option>
                    <option value="reset">connection reset</option>
                    <option value="hang">no answer</option>
                    <option value="slow">slow answer</option>
                    <option value="truncate">half an answer</option>
                    <option value="corrupt">corrupt answer</option>
                    <option value="corrupt-record">corrupt record</option>
                    <option value="wrong-key">another key id</option>
                    <option value="error=access_denied">access denied</option>
                    <option value="tls-close">closed in TLS</option>
                    <option value="tls-hang">silent in TLS</option>
                  </select></label>
                <label class="wide">On
                  <select id="fault-operation">
                    <option value="">everything</option>
                    <option>get_secret</option><option>get_folders</option><option>file</option>
                  </select></label>
                <label>Value <input id="fault-value" placeholder="–" autocomplete="off"></label>
                <label>Times <input id="fault-times" inputmode="numeric" placeholder="no limit" autocomplete="off"></label>
                <button>Add fault</button>
              </form>
            </section>
            <section class="panel">
              <h2>Requests <button id="reset" class="quiet" type="button">Reset</button></h2>
              <table><tbody id="counters"></tbody></table>
            </section>
            <section class="panel">
              <h2>Clients</h2>
              <p class="small"><span id="clients">…</span></p>
              <button id="token" type="button">New one-time token</button>
              <p><code id="token-text" class="wrap"></code></p>
            </section>
          </aside>
        </main>
        <div id="message" role="status"></div>
        """#
}

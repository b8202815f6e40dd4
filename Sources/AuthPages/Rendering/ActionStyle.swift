// SPDX-License-Identifier: Apache-2.0

/// The style of the pages of mailed actions, which stands in the page itself.
enum ActionStyle {
    /// The source by which the policy allows this style and no other: its hash.
    ///
    /// - Source: CSP Level 3 §2.3.1
    static let source = "'sha256-bCfQ4mwyz1+5sBS6sX5HjLUwY84p1PUB7lYmgZ/t1Xw='"

    static let css = html.markup

    static let html: HTML = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--ground:#f3f5f7;--line:#8c959f;\
        --accent:#0550ae;--on-accent:#fff;--fault:#a40e26;--fault-ground:#fff0ee}
        @media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a5b0bb;--paper:#161b22;--ground:#0d1117;--line:#6e7681;\
        --accent:#79c0ff;--on-accent:#0d1117;--fault:#ffa198;--fault-ground:#2d1517}}
        *{box-sizing:border-box}
        body{margin:0;padding:0 1rem 3rem;color:var(--ink);background:var(--ground);font:1.0625rem/1.5 system-ui,sans-serif;\
        overflow-wrap:anywhere}
        header,main{max-width:34rem;margin:0 auto}
        header{padding:1.5rem 0 .75rem;font-weight:600;color:var(--soft)}
        header p{margin:0}
        main{padding:1.75rem 2rem 2rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem}
        h1{margin:0 0 .75rem;font-size:1.6rem;line-height:1.25}
        h2{margin:2rem 0 .5rem;padding-top:1.5rem;border-top:1px solid var(--line);font-size:1.2rem;line-height:1.3}
        p{margin:.75rem 0}
        dl{margin:1.25rem 0;padding:.75rem 1rem;background:var(--ground);border-radius:.5rem}
        dl div{display:grid;grid-template-columns:7rem 1fr;gap:0 .75rem;padding:.15rem 0}
        dt{color:var(--soft)}
        dd{margin:0}
        label{display:block;margin-top:1.25rem;font-weight:600}
        .hint{margin:.1rem 0 .4rem;color:var(--soft);font-size:.95rem}
        .fault{margin:.1rem 0 .4rem;color:var(--fault);font-weight:600}
        input{display:block;width:100%;min-height:2.9rem;padding:.5rem .75rem;font:inherit;color:inherit;background:var(--paper);\
        border:1px solid var(--line);border-radius:.5rem}
        input[hidden]{display:none}
        input[name=code]{max-width:16rem;font:1.2rem ui-monospace,monospace;letter-spacing:.12em;text-transform:uppercase}
        input[aria-invalid]{border:2px solid var(--fault)}
        button,.button{display:inline-block;min-height:2.9rem;margin-top:.5rem;padding:.6rem 1.4rem;font:inherit;font-weight:600;\
        color:var(--on-accent);background:var(--accent);border:1px solid var(--accent);border-radius:.5rem;text-decoration:none;\
        cursor:pointer}
        a{color:var(--accent)}
        a.button{color:var(--on-accent)}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .faults{margin:0 0 1.25rem;padding:.75rem 1rem;background:var(--fault-ground);border-left:.3rem solid var(--fault);\
        border-radius:.25rem}
        .faults p{margin:0;font-weight:600}
        .faults ul{margin:.25rem 0 0;padding-left:1.25rem}
        .faults a{color:var(--fault)}
        .note{margin:1.75rem 0 0;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.95rem}
        @media (max-width:30rem){body{padding:0 0 2rem}header{padding:1rem}main{padding:1.25rem 1rem 1.5rem;border-width:1px 0;\
        border-radius:0}dl div{grid-template-columns:1fr}dd{margin-bottom:.35rem}button,.button{width:100%;text-align:center}\
        input[name=code]{max-width:none}}
        @media (forced-colors:active){button,.button{border-color:ButtonText}}

        """
}

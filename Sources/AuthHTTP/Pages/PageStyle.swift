// SPDX-License-Identifier: Apache-2.0

/// The style of all pages, which stands in the page itself: it needs no further request, and no address of its own.
enum PageStyle {
    /// The source by which a policy allows this style and no other: its hash.
    ///
    /// - Source: CSP Level 3 §2.3.1
    static let source = "'sha256-ylDburBOQGuVoxsbsiuRV2t3ennZ/56AugWU11jJG/s='"

    static let css = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--shade:#f3f5f7;--line:#c9d1d9;--link:#0550ae}
        @media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a5b0bb;--paper:#0d1117;--shade:#171d25;--line:#3d444d;\
        --link:#79c0ff}}
        main *,.top *{box-sizing:border-box}
        body{margin:0;color:var(--ink);background:var(--paper);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
        main a,.top a{color:var(--link)}
        main a:focus-visible,.top a:focus-visible,.top button:focus-visible,main [tabindex]:focus-visible{\
        outline:3px solid var(--link);outline-offset:2px}
        .skip{position:absolute;left:-999rem}
        .skip:focus{left:.5rem;top:.5rem;padding:.5rem 1rem;background:var(--paper);z-index:9}
        .top{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:baseline;padding:.75rem 1.5rem;\
        border-bottom:1px solid var(--line)}
        .top strong{margin-right:auto}
        .top ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0;padding:0}
        main .routes ul{columns:20rem;list-style:none;margin:0;padding:0}
        main .routes a{text-decoration:none}
        main .routes a:hover{text-decoration:underline}
        .top button{font:inherit;color:var(--link);background:none;border:1px solid var(--line);border-radius:.25rem;cursor:pointer}
        main{max-width:62rem;margin:0 auto;padding:1rem 1.5rem 4rem}
        main h1{font-size:1.75rem;line-height:1.25}
        main h2{font-size:1.4rem;margin-top:3rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
        main h3{font-size:1.1rem;margin:0 0 .5rem}
        main h4{font-size:1rem;margin:1rem 0 .25rem}
        main article{margin:1.5rem 0;padding:1rem;border:1px solid var(--line);border-radius:.5rem;scroll-margin-top:.5rem}
        main article:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
        main p{margin:.5rem 0}
        main code,main pre{font-family:ui-monospace,monospace;font-size:.9em}
        main code{background:var(--shade);padding:.1em .25em;border-radius:.2em}
        main pre{background:var(--shade);padding:.75rem;border-radius:.25rem;white-space:pre-wrap}
        main pre code{padding:0;background:none}
        main .wide{overflow-x:auto}
        main table{border-collapse:collapse;width:100%;overflow-wrap:normal}
        main th,main td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
        main dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}
        main dt{color:var(--soft)}
        main dd{margin:0}
        main .method{display:inline-block;min-width:4.5rem;font-weight:bold}
        main .routes code,main h3 code{background:none;padding:0}
        main .routes p{margin:1rem 0 .25rem;font-weight:bold}
        main .soft{color:var(--soft)}
        .top [hidden],#program[hidden]{display:none}
        .ui{color-scheme:light;background:#fff}
        .ui body{color:#1b1f24;background:#fff;--link:#0550ae;--line:#c9d1d9}
        .ui #list{display:none}
        @media (max-width:40rem){main{padding:.5rem 1rem 3rem}.top{padding:.5rem 1rem}main article{padding:.75rem}\
        main dl{grid-template-columns:1fr}main dd{margin-bottom:.25rem}}
        @media print{.top,.skip{display:none}main{max-width:none;padding:0}main article{break-inside:avoid-page}\
        main a{color:inherit}}

        """
}

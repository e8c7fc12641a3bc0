package reports

import (
	"html/template"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"assay/harness/evidence"
	"assay/harness/finding"
)

// htmlFormat writes one page that needs nothing else: no script, no font, no
// address outside of the run's own folder. Where Options.Evidence says where
// that is, grounds are links into it.
var htmlFormat = Format{Name: "html", Ext: "html", Write: writeHTML}

// groundsLimit is how many places of one cell the page lists.
const groundsLimit = 20

// htmlTable is a Table as the template shows it; all text is printable.
type htmlTable struct {
	Name, Title, About string
	Columns            []Column
	Rows               [][]htmlCell
	Notes              []string
}

type htmlCell struct {
	Text, Note, Class, Findings string
	Right                       bool
	First                       *htmlGround // of a cell that is nothing but grounds
	Grounds                     []htmlGround
	More                        int // grounds that are not listed
}

type htmlGround struct{ Place, Link string }

func writeHTML(w io.Writer, tables []Table, o Options) error {
	page := struct {
		Title  string
		Tables []htmlTable
	}{Title: "assay: no tables"}
	for _, t := range tables {
		page.Tables = append(page.Tables, htmlOf(t, o))
	}
	if len(page.Tables) > 0 {
		page.Title = page.Tables[0].Title
	}
	return htmlPage.Execute(w, page)
}

func htmlOf(t Table, o Options) htmlTable {
	shown := htmlTable{Name: t.Name, Title: Printable(t.Title, lineLimit), About: strings.ReplaceAll(Printable(t.About, 0), "`", "")}
	for _, c := range t.Columns {
		if !c.Detail {
			shown.Columns = append(
				shown.Columns,
				Column{Name: Printable(c.Name, cellLimit), About: Printable(c.About, cellLimit), Right: c.Right, Claim: c.Claim},
			)
		}
	}
	for _, row := range t.Rows {
		cells := make([]htmlCell, 0, len(row))
		for i, c := range row {
			if !t.Columns[i].Detail {
				cells = append(cells, htmlCellOf(c, t.Columns[i], o))
			}
		}
		shown.Rows = append(shown.Rows, cells)
	}
	for _, n := range t.Notes {
		shown.Notes = append(shown.Notes, Printable(n, lineLimit))
	}
	return shown
}

func htmlCellOf(c Cell, column Column, o Options) htmlCell {
	shown := htmlCell{Text: Printable(c.withSeverity(), cellLimit), Right: column.Right}
	if column.Claim {
		shown.Note = Printable(c.Note, lineLimit)
		if len(c.Findings) > 0 {
			shown.Findings = Printable(someIDs(c.Findings), cellLimit)
		}
	}
	if c.Verdict != nil {
		shown.Class = verdictClasses[*c.Verdict]
	}
	for _, g := range c.Grounds[:min(len(c.Grounds), groundsLimit)] {
		shown.Grounds = append(shown.Grounds, htmlGround{Printable(Place(g), cellLimit), linkTo(g, o)})
	}
	shown.More = len(c.Grounds) - len(shown.Grounds)
	if !column.Claim && len(shown.Grounds) > 0 {
		shown.Text, shown.First, shown.Grounds = "", &shown.Grounds[0], shown.Grounds[1:]
	}
	return shown
}

var verdictClasses = map[finding.Verdict]string{
	finding.Flagged: "flagged", finding.Unknown: "unknown", finding.Clear: "clear", finding.NotApplicable: "na",
}

// linkTo gives the address of a piece of evidence, or "" where it has none that
// stays inside the run's folder.
func linkTo(r evidence.Ref, o Options) string {
	file := path.Join(r.Bundle, r.File)
	if o.Evidence == "" || !filepath.IsLocal(filepath.FromSlash(file)) {
		return ""
	}
	segments := strings.Split(file, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return o.Evidence + "/" + strings.Join(segments, "/")
}

var htmlPage = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<style>
:root{color-scheme:light dark}
body{font:15px/1.4 system-ui,sans-serif;margin:1.5em}
h2{margin:2em 0 .3em}
p,ul,dl{max-width:75em}
div.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:13px}
th,td{border:1px solid #8886;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere;min-width:3em;max-width:30em}
th{background:#8882;min-width:6em}
.right{text-align:right}
.flagged{background:#e0303040}.unknown{background:#e0a80040}.clear{background:#20a04030}.na{opacity:.6}
.note,details{font-size:12px;opacity:.85}
code{font-size:12px}
dt{font-weight:600}
</style>
</head>
<body>
{{define "ground"}}{{if .Link}}<a href="{{.Link}}">{{.Place}}</a>{{else}}{{.Place}}{{end}}{{end -}}
{{if gt (len .Tables) 1}}<nav>{{range .Tables}}<a href="#{{.Name}}">{{.Name}}</a> {{end}}</nav>
{{end}}{{range .Tables}}<section id="{{.Name}}">
<h2>{{.Title}}</h2>
<p>{{.About}}</p>
{{if .Rows}}<div class="wide"><table>
<thead><tr>{{range .Columns}}<th{{if .Right}} class="right"{{end}} title="{{.About}}">{{.Name}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr>{{range .}}<td class="{{.Class}}{{if .Right}} right{{end}}">{{.Text}}{{with .First}}{{template "ground" .}}{{end}}{{with .Findings}}<div><code>{{.}}</code></div>{{end -}}
{{with .Note}}<div class="note">{{.}}</div>{{end}}{{if .Grounds}}<details><summary>evidence</summary>{{range .Grounds}}<div>{{template "ground" .}}</div>{{end -}}
{{if .More}}<div>and {{.More}} more</div>{{end}}</details>{{end}}</td>{{end}}</tr>
{{end}}</tbody>
</table></div>
{{end}}<dl>{{range .Columns}}{{if .Claim}}<dt>{{.Name}}</dt><dd>{{.About}}</dd>
{{end}}{{end}}</dl>
{{if .Notes}}<ul>
{{range .Notes}}<li>{{.}}</li>
{{end}}</ul>
{{end}}</section>
{{end}}</body>
</html>
`))

package reports

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// markdownFormat writes GitHub's tables. Text is escaped, so that none of it
// becomes markup, a link or a mention.
var markdownFormat = Format{Name: "markdown", Ext: "md", Write: writeMarkdown}

func writeMarkdown(w io.Writer, tables []Table, _ Options) error {
	out := bufio.NewWriter(w)
	for i, t := range tables {
		if i > 0 {
			out.WriteString("\n")
		}
		writeMarkdownTable(out, t)
	}
	return out.Flush()
}

// writeMarkdownTable leaves errors to the writer's Flush.
func writeMarkdownTable(out *bufio.Writer, t Table) {
	fmt.Fprintf(out, "## %s\n\n%s\n", markdown(t.Title, lineLimit), markdownAbout(t.About))
	if len(t.Rows) > 0 {
		writeMarkdownRows(out, t)
	}
	if hasClaims(t) {
		writeMarkdownClaims(out, t)
	}
	if len(t.Notes) > 0 {
		out.WriteString("\n")
	}
	for _, n := range t.Notes {
		fmt.Fprintf(out, "- %s\n", markdownLine(n))
	}
}

func writeMarkdownRows(out *bufio.Writer, t Table) {
	out.WriteString("\n|")
	for _, c := range t.Columns {
		if !c.Detail {
			fmt.Fprintf(out, " %s |", markdown(c.Name, cellLimit))
		}
	}
	out.WriteString("\n|")
	for _, c := range t.Columns {
		switch {
		case c.Detail:
		case c.Right:
			out.WriteString(" ---: |")
		default:
			out.WriteString(" --- |")
		}
	}
	out.WriteString("\n")
	for _, row := range t.Rows {
		out.WriteString("|")
		for i, cell := range row {
			if !t.Columns[i].Detail {
				fmt.Fprintf(out, " %s |", markdown(cell.withSeverity(), cellLimit))
			}
		}
		out.WriteString("\n")
	}
}

// writeMarkdownClaims tells what the claims are and where the cells lead.
func writeMarkdownClaims(out *bufio.Writer, t Table) {
	out.WriteString("\nClaims:\n\n")
	for _, c := range t.Columns {
		if c.Claim {
			fmt.Fprintf(out, "- %s: %s\n", markdown(c.Name, cellLimit), markdown(c.About, 0))
		}
	}
	words := afterwords(t, func(i int) string { return t.Columns[i].Name })
	if len(words) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n\n", markdownAbout(howToFollow))
	for _, a := range words {
		fmt.Fprintf(out, "- %s\n", markdownLine(a.Row))
		for _, line := range a.Lines {
			fmt.Fprintf(out, "  - %s\n", markdownLine(line))
		}
	}
}

// howToFollow stands above the afterwords.
const howToFollow = "How do you know? `assay explain RUN FINDING` shows the bytes that a finding rests on. Findings and coverage by model:"

// markdownAbout writes our own text, which may hold code in backticks.
func markdownAbout(s string) string { return markdownSpecial.Replace(Printable(s, 0)) }

var markdownSpecial = strings.NewReplacer(
	`\`,
	`\\`,
	"*",
	`\*`,
	"_",
	`\_`,
	"<",
	"&lt;",
	">",
	"&gt;",
	"&",
	"&amp;",
	"|",
	`\|`,
	"[",
	`\[`,
	"]",
	`\]`,
)

var (
	markdownAll = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
		"|", `\|`, "[", `\[`, "]", `\]`, "#", `\#`, "!", `\!`, "$", `\$`, "^", `\^`)

	// listStart is what would begin a list, a quote or a rule inside a list's item.
	listStart = regexp.MustCompile(`^([-+=]|\d+[.)])`)
)

// markdown escapes text for one line or cell. A word that would link by itself
// goes into a code span, inside which nothing does.
func markdown(s string, limit int) string {
	text := strings.TrimSpace(Printable(s, limit))
	var out strings.Builder
	out.Grow(len(text) + len(text)/8)
	for i := 0; ; {
		end := strings.IndexByte(text[i:], ' ')
		if end < 0 {
			writeMarkdownWord(&out, text[i:])
			return out.String()
		}
		writeMarkdownWord(&out, text[i:i+end])
		out.WriteByte(' ')
		i += end + 1
	}
}

// writeMarkdownWord leaves errors out: a strings.Builder has none.
func writeMarkdownWord(out *strings.Builder, word string) {
	if !linksItself(word) {
		_, _ = markdownAll.WriteString(out, word)
		return
	}
	for i, piece := range strings.Split(word, "|") {
		if i > 0 {
			out.WriteString(`\|`)
		}
		out.WriteString(codeSpan(piece))
	}
}

// markdownLine escapes text that begins a line of a list.
func markdownLine(s string) string {
	text := markdown(s, lineLimit)
	if at := listStart.FindStringIndex(text); at != nil {
		return text[:at[1]-1] + `\` + text[at[1]-1:]
	}
	return text
}

// codeSpan encloses text in more backticks than it has in a row.
func codeSpan(s string) string {
	if s == "" {
		return ""
	}
	fence, run := 1, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		fence = max(fence, run+1)
	}
	ticks := strings.Repeat("`", fence)
	return ticks + " " + s + " " + ticks
}

package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"assay/harness/strict"
)

// What a file may be: a scenario is read aloud, and takes a page.
const (
	maxFile    = 16 << 10 // bytes; the YAML library takes the square of a file's length
	maxProblem = 50       // problems told of one file
	maxLength  = 24 * time.Hour
)

// reader turns a YAML file into values, and keeps every problem that it meets on
// the way: one reading tells them all.
type reader struct {
	file     string
	lines    []string
	known    Known
	problems []*Problem
	bodies   []ast.Node
}

// newReader parses the file's YAML. Where that fails, the problem is kept, and
// there is no root.
func newReader(file string, raw []byte, known Known) (r *reader, root ast.Node) {
	r = &reader{file: file, known: known}
	if len(raw) > maxFile {
		r.at(1, 1, "", "file of %d bytes; %d are the most", len(raw), maxFile)
		return r, nil
	}
	if line, column, what := strict.NotText(raw); what != "" {
		r.at(line, column, "", "%s", what)
		return r, nil
	}
	r.lines = strings.Split(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	if r.tabs(); len(r.problems) > 0 {
		return r, nil
	}
	if r.bounds(raw); len(r.problems) > 0 {
		return r, nil
	}
	f, err := parse(strings.Join(r.lines, "\n"))
	if err != nil {
		r.syntax(err)
		return r, nil
	}
	for _, d := range f.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			r.bodies = append(r.bodies, d.Body)
		}
	}
	var second *strict.Fault
	if errors.As(strict.OneDocument(file, raw), &second) {
		r.at(second.Line, second.Column, "", "%s", second.Text)
	}
	if len(r.bodies) == 0 {
		if second == nil {
			r.at(1, 1, "", "file is empty")
		}
		return r, nil
	}
	return r, r.bodies[0]
}

// parse keeps a panic of the YAML library from ending more than this file's
// reading.
func parse(text string) (f *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("unreadable YAML: %v", p)
		}
	}()
	return parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
}

// tabs finds tabs among the spaces that a line begins with, where YAML forbids them.
func (r *reader) tabs() {
	for i, line := range r.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if at := strings.IndexByte(indent, '\t'); at >= 0 && len(indent) < len(line) {
			r.at(i+1, at+1, "", "tab in the indentation; YAML takes spaces only")
		}
	}
}

// bounds refuses what would take the YAML library's memory before it is told.
func (r *reader) bounds(raw []byte) {
	var fault *strict.Fault
	if errors.As(strict.Bounds(r.file, raw), &fault) {
		r.at(fault.Line, fault.Column, "", "%s", fault.Text)
	}
}

func (r *reader) syntax(err error) {
	var e yaml.Error
	if errors.As(err, &e) && e.GetToken() != nil && e.GetToken().Position != nil {
		p := e.GetToken().Position
		r.at(p.Line, p.Column, "", "%s", strict.Syntax(e))
		return
	}
	r.at(1, 1, "", "%s", strings.SplitN(err.Error(), "\n", 2)[0])
}

// sorted gives the problems in the order of the file.
func (r *reader) sorted() []error {
	slices.SortStableFunc(r.problems, func(a, b *Problem) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	all := make([]error, len(r.problems))
	for i, p := range r.problems {
		all[i] = p
	}
	return all
}

// err joins the problems, or is nil.
func (r *reader) err() error { return errors.Join(r.sorted()...) }

func (r *reader) at(line, column int, meant, format string, args ...any) {
	if len(r.problems) == maxProblem {
		return
	}
	p := &Problem{Position: Position{r.file, line, column}, Message: fmt.Sprintf(format, args...), Meant: meant}
	if line >= 1 && line <= len(r.lines) {
		p.Source = strings.TrimRight(r.lines[line-1], " \r")
	}
	if utf8.RuneCountInString(p.Source) > 200 {
		p.Source = "" // a line that no terminal shows helps nobody
	}
	r.problems = append(r.problems, p)
}

func (r *reader) problem(n ast.Node, meant, format string, args ...any) {
	p := r.position(n)
	r.at(p.Line, p.Column, meant, format, args...)
}

// position is where a node begins: a mapping in block style begins with its
// first key.
func (r *reader) position(n ast.Node) Position {
	t := n.GetToken()
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			t = n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		t = n.Key.GetToken()
	}
	if t == nil || t.Position == nil {
		return Position{r.file, 1, 1}
	}
	return Position{r.file, t.Position.Line, t.Position.Column}
}

// pairs gives a mapping's entries, or nothing where the node is no mapping.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// field is one key that a mapping may have.
type field struct {
	key  string
	must bool
	read func(ast.Node)
}

// fields reads a mapping: each key at most once, none that is not listed, none
// without a value, none missing that must be there.
func (r *reader) fields(n ast.Node, what string, known ...field) {
	entries, ok := pairs(n)
	if !ok {
		r.problem(n, "", "%s is %s; it takes %s", what, kind(n), keys(known))
		return
	}
	seen := map[string]bool{}
	for _, e := range entries {
		key := keyOf(e)
		i := slices.IndexFunc(known, func(f field) bool { return f.key == key })
		switch {
		case i < 0:
			r.problem(e.Key, strict.Nearest(key, words(known)), "%s has no key %q", what, key)
		case seen[key]:
			r.problem(e.Key, "", "%s has %q twice", what, key)
		case empty(e.Value):
			r.problem(e.Key, "", "%q has no value", key)
		default:
			known[i].read(e.Value)
		}
		seen[key] = true
	}
	for _, f := range known {
		if f.must && !seen[f.key] {
			r.problem(n, "", "%s lacks %q", what, f.key)
		}
	}
}

func keyOf(e *ast.MappingValueNode) string {
	if e.Key.GetToken() == nil {
		return ""
	}
	return e.Key.GetToken().Value
}

func words(known []field) []string {
	all := make([]string, len(known))
	for i, f := range known {
		all[i] = f.key
	}
	return all
}

func keys(known []field) string { return "keys: " + strings.Join(words(known), ", ") }

func empty(n ast.Node) bool { return n == nil || n.Type() == ast.NullType }

// kind says in a reader's words what a node is.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "empty"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.AliasNode, *ast.AnchorNode, *ast.MergeKeyNode, *ast.TagNode:
		return "an anchor, an alias or a tag, which are not used here"
	}
	return "a word"
}

// text reads a word or a sentence. Numbers are words too: as written.
func (r *reader) text(n ast.Node, what string) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	}
	r.problem(n, "", "%s is %s; it takes a word", what, kind(n))
	return ""
}

// texts reads a list of words, or one word.
func (r *reader) texts(n ast.Node, what string, each func(ast.Node, string)) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, mapping := pairs(n); mapping {
			r.problem(n, "", "%s is %s; it takes a list of words", what, kind(n))
			return
		}
		each(n, r.text(n, what))
		return
	}
	for _, item := range list.Values {
		each(item, r.text(item, what))
	}
}

// word reads one of the words that are allowed.
func (r *reader) word(n ast.Node, what string, allowed []string) string {
	w := r.text(n, what)
	if w != "" && !slices.Contains(allowed, w) {
		r.problem(n, strict.Nearest(w, allowed), "unknown %s %q; known are %s", what, w, strings.Join(allowed, ", "))
	}
	return w
}

func (r *reader) number(n ast.Node, what string, least, most int) int {
	i, err := strconv.Atoi(r.text(n, what))
	if err != nil || i < least || i > most {
		r.problem(n, "", "%s takes a whole number from %d to %d", what, least, most)
		return least
	}
	return i
}

func (r *reader) flag(n ast.Node, what string) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.problem(n, "", "%s is %s; it takes true or false", what, kind(n))
		return false
	}
	return b.Value
}

// duration reads 30s, 10m, 8h, or a sum of them.
func (r *reader) duration(n ast.Node, what string) time.Duration {
	w := r.text(n, what)
	if w == "" {
		return 0
	}
	if _, err := strconv.ParseFloat(w, 64); err == nil {
		r.problem(n, w+"s", "%s of %s has no unit", what, w)
		return 0
	}
	d, err := time.ParseDuration(w)
	if err != nil || d <= 0 || d > maxLength {
		r.problem(n, "", "%s %q is no duration such as 30s, 10m or 8h, of %s at most", what, w, "24h")
		return 0
	}
	return d
}

// inline writes a node on one line, as flow style would.
func inline(n ast.Node, depth int) string {
	if empty(n) || depth > 8 {
		return ""
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		items := make([]string, len(list.Values))
		for i, v := range list.Values {
			items[i] = inline(v, depth+1)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	if entries, ok := pairs(n); ok {
		items := make([]string, len(entries))
		for i, e := range entries {
			items[i] = strings.TrimSuffix(keyOf(e)+": "+inline(e.Value, depth+1), ": ")
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	if l, ok := n.(*ast.LiteralNode); ok {
		return strings.Join(strings.Fields(l.Value.Value), " ")
	}
	return strings.Join(strings.Fields(n.GetToken().Value), " ")
}

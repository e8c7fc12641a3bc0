package scenario

import (
	"slices"
	"strings"

	"assay/harness/strict"

	"github.com/goccy/go-yaml/ast"
)

// Dialog is a kind of dialog that a scenario expects to come up unasked, and what
// it is answered with. One that it does not declare is backed out of, and the
// step is marked.
//
//	dialogs:
//	  - {kind: update, answer: dismiss}
//	  - {kind: [anr, crash], answer: close}
//	  - {kind: permission, answer: leave}
type Dialog struct {
	Kind   string
	Answer string // back, close, deny, dismiss, leave or wait
}

// grants are words by which a scenario might hope to have a dialog agreed to.
var grants = []string{"accept", "agree", "allow", "allow-foreground", "allow-once", "grant", "ok", "yes"}

func (r *reader) dialogs(n ast.Node) []Dialog {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.problem(n, "", "dialogs is %s; it takes a list of kinds and answers", kind(n))
		return nil
	}
	var all []Dialog
	for _, item := range list.Values {
		for _, d := range r.dialog(item) {
			if slices.ContainsFunc(all, func(e Dialog) bool { return e.Kind == d.Kind }) {
				r.problem(item, "", "dialogs of kind %q are declared twice", d.Kind)
			}
			all = append(all, d)
		}
	}
	return all
}

// dialog reads what one or several kinds are answered with.
func (r *reader) dialog(n ast.Node) []Dialog {
	var kinds []string
	var at ast.Node
	var word string
	r.fields(n, "a dialog",
		field{"kind", true, func(n ast.Node) {
			r.texts(n, "kind", func(n ast.Node, _ string) { kinds = append(kinds, r.word(n, "kind", kindNames())) })
		}},
		field{"answer", true, func(n ast.Node) { at, word = n, r.text(n, "answer") }})
	if slices.Contains(grants, strings.ToLower(word)) {
		r.problem(at, "", "answer %q: no dialog is agreed to unasked; a permission dialog is by the step %q", word, "answer")
		return nil
	}
	var all []Dialog
	for _, name := range kinds {
		k, ok := kindNamed(name)
		if ok && word != "" && !slices.Contains(k.words(), word) {
			r.problem(
				at,
				strict.Nearest(word, k.words()),
				"unknown answer %q to a dialog of kind %q; known are %s",
				word,
				name,
				strings.Join(k.words(), ", "),
			)
		}
		all = append(all, Dialog{Kind: name, Answer: word})
	}
	return all
}

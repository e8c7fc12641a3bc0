package scenario

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"assay/harness/android"
)

// signature knows one dialog by its window: what it is called, never what it
// says, so that it is known in every language; and what on it declines.
type signature struct {
	kind    string
	pkg     android.Package // empty: any, where a maker's build has the class under a name of its own
	class   string          // in full; empty: any of the package
	title   string          // what a window's name begins with that is no component; empty: it is one
	back    string          // closes, ignored; empty: not known
	decline labels          // what on it declines, the best first
	agree   labels          // what on it agrees, or changes something for good
	source  string          // where it is to be read, or whose firmware has it
}

// labels are views by what they are called or say.
type labels struct {
	ids   []string // resource-ids in full or, of views in whatever package, the name alone
	texts []string // as plain gives them
}

// dialogsTable is a row a window. A window that none of them knows is seen all the
// same: as unknown.
//
//go:embed dialogs.tsv
var dialogsTable string

var signatures = sync.OnceValue(func() []signature {
	var all []signature
	for _, w := range table(dialogsTable) {
		s := signature{kind: w[0], pkg: android.Package(w[1]), back: w[3], decline: readLabels(w[4]), agree: readLabels(w[5]), source: w[6]}
		if title, is := strings.CutPrefix(w[2], "title:"); is {
			s.title = title + " "
		} else if w[2] != "*" {
			s.class = w[2]
		}
		all = append(all, s)
	}
	return all
})

// table gives the rows of tab-separated values, without comments and heading.
func table(text string) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows[1:]
}

// readLabels reads android:id/button2 | permission_deny_button | text:Cancel.
func readLabels(cell string) labels {
	var l labels
	for word := range strings.SplitSeq(cell, " | ") {
		if text, is := strings.CutPrefix(word, "text:"); is {
			l.texts = append(l.texts, plain(text))
		} else if word != "" {
			l.ids = append(l.ids, word)
		}
	}
	return l
}

// signed gives what is known of a window by its name: of several rows that fit, the
// one that says the most of it. Where none fits its kind is empty.
func signed(f focus) signature {
	var best signature
	for _, s := range signatures() {
		if s.fits(f) && (best.kind == "" || s.weight() > best.weight()) {
			best = s
		}
	}
	return best
}

func (s signature) fits(f focus) bool {
	if s.title != "" {
		return strings.HasPrefix(f.name, s.title)
	}
	return f.pkg != "" && (s.pkg == "" || s.pkg == f.pkg) && (s.class == "" || s.class == f.class)
}

// weight orders rows by how much of a window they name.
func (s signature) weight() int {
	weight := 0
	if s.class != "" || s.title != "" {
		weight += 2
	}
	if s.pkg != "" {
		weight++
	}
	return weight
}

// on says whether a view is one of the labels.
func (l labels) on(n node) bool {
	return l.rank(n) >= 0
}

// rank is the place of a view among the labels, the ids first; -1: it is none.
func (l labels) rank(n node) int {
	if i := slices.IndexFunc(l.ids, func(id string) bool { return n.ID == id || n.name() == id && id != "" }); i >= 0 {
		return i
	}
	for _, said := range []string{n.Text, n.Desc} {
		if i := slices.Index(l.texts, plain(said)); i >= 0 && said != "" {
			return len(l.ids) + i
		}
	}
	return -1
}

// declining finds what declines on a window. What agrees there by its id or its words
// is not it, whatever else it is called.
func (s signature) declining(screen []node) (node, bool) {
	best, at := node{}, -1
	for _, n := range screen {
		rank := s.decline.rank(n)
		if rank >= 0 && (at < 0 || rank < at) && n.tappable() && !s.agree.on(n) {
			best, at = n, rank
		}
	}
	return best, at >= 0
}

// shaped says whether a screen has the buttons of Android's AlertDialog
// (frameworks/base core …/app/AlertController.java; support libraries and makers
// use its ids too). Which of them agrees, their place does not say.
func shaped(screen []node) bool {
	return slices.ContainsFunc(screen, func(n node) bool { return n.ID == positive || n.ID == negative })
}

const (
	positive = "android:id/button1"
	negative = "android:id/button2"
)

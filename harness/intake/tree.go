package intake

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/evidence"
)

// tree is a folder or an archive, one level of it.
type tree struct {
	name    string
	zipped  bool
	files   []item   // sorted
	folders []string // not entered
	odd     []string // links, pipes and the like: not followed
}

// folder lists what stands in a folder. Hidden files are the file system's own.
func folder(dir string) (*tree, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if len(entries) > mostFiles {
		return nil, fmt.Errorf("%s: %w: %d files, more than %d", dir, ErrRefused, len(entries), mostFiles)
	}
	t := &tree{name: dir}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			t.folders = append(t.folders, e.Name())
		case !e.Type().IsRegular():
			t.odd = append(t.odd, e.Name())
		default:
			t.files = append(t.files, onDisk(dir, e.Name()))
		}
	}
	return t, nil
}

func (t *tree) has(names ...string) bool {
	return slices.ContainsFunc(t.files, func(f item) bool { return slices.Contains(names, strings.ToLower(f.name)) })
}

// acquisition says whether androidqf made the folder.
func (t *tree) acquisition() bool { return t.has("acquisition.json", "packages.json") }

// planned is a file with what is made of it.
type planned struct {
	item
	plan
}

// take takes in the print-outs, then says of everything else why it was not.
func (t *tree) take(to Sink) error {
	var taken, left []planned
	var reports []item
	for _, f := range t.files {
		if isBugreport(f.name) {
			reports = append(reports, f)
			continue
		}
		p, err := t.plan(f)
		if err != nil {
			return err
		}
		if p.source != "" {
			taken = append(taken, planned{f, p})
		} else {
			left = append(left, planned{f, p})
		}
	}
	if len(taken) == 0 && len(reports) == 0 {
		return fmt.Errorf("%s: holds no print-out: expected names such as getprop.txt, dumpsys_package.txt, logcat_main.txt, packages.json, or a bugreport", t.name)
	}
	slices.SortStableFunc(taken, func(a, b planned) int { return turn(a.plan) - turn(b.plan) })
	had := &sources{Sink: to, had: map[string]bool{}}
	for _, p := range taken {
		had.settled = p.form == parts
		if err := p.give(had); err != nil {
			return err
		}
	}
	if err := t.reports(reports, len(taken) > 0, had); err != nil {
		return err
	}
	return t.rest(left, to)
}

// turn says when a file's turn is. A dump of many parts gives those that have no
// file of their own. A list of packages tells less of them than a dump, which goes
// before it.
func turn(p plan) int {
	switch {
	case p.source == "androidqf-packages", p.source == "hubble-packages":
		return 2
	case p.form == parts:
		return 1
	}
	return 0
}

// give reads one file into the sink. What was refused of it is in its coverage.
func (p planned) give(to Sink) error {
	in, err := p.read()
	if err != nil {
		return leave(to, p.source, p.name, evidence.Coverage{State: evidence.Truncated, Reason: err.Error()})
	}
	defer in.Close()
	_, err = p.take(p.name, in, to)
	return err
}

// plan looks at how a file begins.
func (t *tree) plan(f item) (plan, error) {
	if t.acquisition() {
		if why, ok := qfLeft[strings.ToLower(f.name)]; ok {
			return plan{why: why}, nil
		}
		if source, ok := qfNames[strings.ToLower(f.name)]; ok {
			return plan{source: source, trimmed: true}, nil
		}
	}
	in, err := f.read()
	if err != nil {
		return plan{source: SourceOf(f.name), why: err.Error()}, nil
	}
	head := in.head()
	p := planOf(f.name, head)
	p.trimmed = p.trimmed || t.acquisition()
	if strings.EqualFold(f.name, "preinstalled_packages.txt") && t.has("packages.txt") {
		p = plan{why: "packages.txt holds it again"}
	}
	return p, in.Close()
}

// reports takes bugreports. Beside loose print-outs of the same handset one holds
// the same again and is left out; but an acquisition without its dumpsys.txt has
// its dumps in the bugreport alone.
func (t *tree) reports(reports []item, beside bool, to *sources) error {
	to.settled = beside
	for _, r := range reports {
		switch {
		case beside && (!t.acquisition() || to.dumps()):
			why := evidence.Coverage{State: evidence.NotRun, Reason: "it holds the loose print-outs beside it again; import it by its own path"}
			if err := leave(to.Sink, "bugreport", r.name, why); err != nil {
				return err
			}
		case t.zipped:
			why := evidence.Coverage{State: evidence.NotRun, Reason: "an archive in an archive: unpack " + filepath.Base(t.name) + " and import the folder"}
			if err := leave(to.Sink, "bugreport", r.name, why); err != nil {
				return err
			}
		default:
			if err := single(filepath.Join(t.name, r.name), to); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostLeft bounds how many files are named that were not taken.
const mostLeft = 200

// rest names what was not taken in.
func (t *tree) rest(left []planned, to Sink) error {
	type reason struct{ name, why string }
	var all []reason
	for _, p := range left {
		all = append(all, reason{p.name, p.why})
	}
	for _, f := range t.folders {
		all = append(all, reason{f + "/", "folders in a folder are not entered"})
	}
	for _, o := range t.odd {
		all = append(all, reason{o, "no regular file: not followed"})
	}
	for i, r := range all {
		if i == mostLeft {
			why := evidence.Coverage{State: evidence.Unsupported, Reason: fmt.Sprintf("%d more files and folders that tell no source", len(all)-i)}
			return leave(to, NotTaken, "…", why)
		}
		if err := leave(to, NotTaken, r.name, evidence.Coverage{State: evidence.Unsupported, Reason: r.name + ": " + r.why}); err != nil {
			return err
		}
	}
	return nil
}

func leave(to Sink, source, name string, why evidence.Coverage) error {
	if _, err := to.Begin(Piece{Source: source, Origin: []string{name}}); err != nil {
		return err
	}
	return to.End(why)
}

// sources keeps account of the sources that a sink was given. Once it is settled
// it lets no further piece of theirs through.
type sources struct {
	Sink
	had     map[string]bool
	settled bool
	again   bool // the piece is one of those
}

func (s *sources) Begin(p Piece) (io.Writer, error) {
	s.again = s.settled && s.had[p.Source]
	if !s.settled {
		s.had[p.Source] = true
	}
	if s.again {
		_, err := s.Sink.Begin(Piece{Source: NotTaken, Origin: p.Origin})
		return io.Discard, err
	}
	return s.Sink.Begin(p)
}

func (s *sources) End(c evidence.Coverage) error {
	if s.again {
		c = evidence.Coverage{State: evidence.NotRun, Reason: "the folder has it as a file of its own"}
	}
	return s.Sink.End(c)
}

// dumps says whether a dump of a service was among them.
func (s *sources) dumps() bool {
	for source := range s.had {
		if strings.HasPrefix(source, "dumpsys-") {
			return true
		}
	}
	return false
}

package intake

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
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
	deep    []item   // of an archive: bugreports in its folders
	folders []string // not entered
	odd     []string // links, pipes and the like: not followed

	file   *os.File // of an archive
	budget *budget
	depth  int             // archives around it; -1 of a folder
	names  map[string]bool // of files, in small letters
	within []*tree         // archives in it that were opened
	stands *tree           // of those the one whose print-outs are taken for the tree's
}

// close closes an archive, and those in it.
func (t *tree) close() {
	for _, w := range t.within {
		w.close()
	}
	if t.file != nil {
		_ = t.file.Close()
	}
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
	t := &tree{name: dir, budget: &budget{bytes: mostNested, files: mostFiles}, depth: -1}
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
func (t *tree) acquisition() bool {
	if t.names == nil {
		t.names = map[string]bool{}
		for _, f := range t.files {
			t.names[strings.ToLower(f.name)] = true
		}
	}
	return t.names["acquisition.json"] || t.names["packages.json"] || t.stands != nil && t.stands.acquisition()
}

// planned is a file with what is made of it.
type planned struct {
	item
	plan
}

// sorted is what a tree holds, by what is made of it.
type sorted struct {
	taken   []planned // print-outs
	reports []planned // bugreports
	left    []reason
}

// reason says why a file was not taken in.
type reason struct {
	name string
	why  error
}

// empty says whether there is nothing to take.
func (s sorted) empty() bool { return len(s.taken) == 0 && len(s.reports) == 0 }

// walk takes in the print-outs, then says of everything else why it was not.
func (t *tree) walk(to *tally) error {
	s := t.sort()
	s.apart()
	if s.empty() {
		return s.nothing(t)
	}
	slices.SortStableFunc(s.taken, func(a, b planned) int { return turn(a.plan) - turn(b.plan) })
	had := &sources{tally: to, had: map[string]bool{}}
	for _, p := range s.taken {
		had.settled = p.form == parts
		refused, err := p.openInto(had)
		if err != nil {
			return err
		}
		to.endFile(refused)
	}
	if err := t.reports(s, had); err != nil {
		return err
	}
	return t.rest(s.left, to)
}

// nothing says why nothing of a tree can be taken in.
func (s sorted) nothing(t *tree) error {
	what := "no print-out: expected names such as getprop.txt, dumpsys_package.txt, logcat_main.txt, packages.json, or a bugreport"
	if t.zipped {
		what = "no bugreport (a text with \"== dumpstate:\" in its first lines), no acquisition and no print-out " +
			"(packages.json, getprop.txt, dumpsys_X.txt)"
	}
	err := fmt.Errorf("%s: holds %s", t.name, what)
	switch {
	case len(t.folders) > 0 && t.zipped:
		err = fmt.Errorf("%w; it holds folders: unpack it, and import each by its own path", err)
	case len(t.folders) > 0:
		err = fmt.Errorf("%w; it holds folders: import each by its own path", err)
	}
	harmless := func(r reason) int {
		if errors.Is(r.why, ErrRefused) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(s.left, func(a, b reason) int { return harmless(a) - harmless(b) })
	all := slices.Concat(t.aside(), s.left)
	for i, r := range all {
		if i == fewReasons {
			return fmt.Errorf("%w; and %d more", err, len(all)-i)
		}
		err = fmt.Errorf("%w; %s: %w", err, r.name, r.why)
	}
	return err
}

// fewReasons is how many files an error names.
const fewReasons = 5

// sort tells what each file is. Archives are opened where the tree itself has neither
// print-outs nor a bugreport.
func (t *tree) sort() sorted {
	var s sorted
	var archives []item
	for _, f := range t.files {
		p, err := t.plan(f)
		switch {
		case p.form == packed:
			archives = append(archives, f)
		case p.form == report:
			s.reports = append(s.reports, planned{f, p})
		case p.source != "":
			s.taken = append(s.taken, planned{f, p})
		default:
			s.left = append(s.left, reason{f.name, cmp.Or(err, errors.New(p.why))})
		}
	}
	if len(s.reports) == 0 {
		for _, f := range t.deep {
			if p, err := f.plan(); err == nil && p.form == report {
				s.reports = append(s.reports, planned{f, p})
			} else if p.form == packed {
				archives = append(archives, f)
			}
		}
	}
	t.main(&s)
	for _, f := range archives {
		t.open(f, &s)
	}
	return s
}

// open looks into an archive of the tree.
func (t *tree) open(f item, s *sorted) {
	w, err := f.unpack(t.budget, t.depth+1)
	if err != nil {
		s.left = append(s.left, reason{f.name, err})
		return
	}
	t.within = append(t.within, w)
	inner := w.sort()
	switch {
	case inner.empty():
		s.left = append(s.left, reason{f.name, errors.New("an archive that holds no print-out")})
		s.leave(f.name, inner.left)
	case len(inner.taken) > 0 && !s.empty():
		s.left = append(s.left, reason{f.name, errors.New("an archive with print-outs of its own: import it by its own path")})
	default:
		if len(inner.taken) > 0 {
			t.stands = w
		}
		s.taken = append(s.taken, inner.taken...)
		for _, r := range inner.reports {
			r.name = f.name + "!" + r.name
			s.reports = append(s.reports, r)
		}
		s.leave(f.name, inner.left)
	}
}

// leave takes over why files of an archive are left.
func (s *sorted) leave(archive string, left []reason) {
	for _, l := range left {
		s.left = append(s.left, reason{archive + "!" + l.name, l.why})
	}
}

// main leaves the one bugreport that main_entry.txt names, and of an archive without
// one the first whose name is a bugreport's.
func (t *tree) main(s *sorted) {
	named, is := t.mainEntry()
	at := slices.IndexFunc(s.reports, func(p planned) bool { return path.Base(p.name) == named })
	switch {
	case is && at >= 0:
	case !t.zipped || len(s.reports) == 0:
		return
	default:
		at = max(0, slices.IndexFunc(s.reports, func(p planned) bool { return isBugreport(p.name) }))
	}
	for i, r := range s.reports {
		if i != at {
			s.left = append(s.left, reason{r.name, fmt.Errorf("%s is the bugreport's text", s.reports[at].name)})
		}
	}
	s.reports = s.reports[at : at+1]
}

// mainEntry gives the name that main_entry.txt has for the bugreport's text
// (frameworks/native cmds/dumpstate, from Android 7).
func (t *tree) mainEntry() (name string, is bool) {
	at := slices.IndexFunc(t.files, func(f item) bool { return f.name == "main_entry.txt" })
	if at < 0 {
		return "", false
	}
	in, err := t.files[at].read()
	if err != nil {
		return "", false
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, 4<<10))
	return path.Base(strings.TrimSpace(string(text))), err == nil
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

// openInto opens and reads one file into the sink. What was refused of it is in its coverage.
func (p planned) openInto(to Sink) (refused, err error) {
	in, err := p.read()
	if err != nil {
		return refusal(err), leave(to, p.source, p.name, evidence.Coverage{State: evidence.Truncated, Reason: err.Error()})
	}
	defer in.Close()
	return p.readInto(p.name, in, to)
}

// plan tells what a file of the tree is.
func (t *tree) plan(f item) (plan, error) {
	if t.acquisition() {
		if why, ok := qfLeft[strings.ToLower(f.name)]; ok {
			return plan{why: why}, nil
		}
		if source, ok := qfNames[strings.ToLower(f.name)]; ok {
			return plan{source: source, trimmed: true}, nil
		}
	}
	p, err := f.plan()
	p.trimmed = p.trimmed || t.acquisition()
	if strings.EqualFold(f.name, "preinstalled_packages.txt") && t.has("packages.txt") {
		p = plan{why: "packages.txt holds it again"}
	}
	if f.name == "main_entry.txt" {
		p = plan{why: "names the bugreport's text"}
	}
	return p, err
}

// plan tells what a file is. One that cannot be read is what its name says.
func (f item) plan() (plan, error) {
	in, err := f.readBy(headSize)
	if err != nil {
		return plan{source: SourceOf(f.name)}, err
	}
	defer in.Close()
	return planOf(f.name, in.head()), in.fault()
}

// reports takes bugreports. Beside loose print-outs of the same handset one holds
// the same again and is left out; but an acquisition without its dumpsys.txt has
// its dumps in the bugreport alone.
func (t *tree) reports(s sorted, to *sources) error {
	beside := len(s.taken) > 0
	to.settled = beside
	for _, r := range s.reports {
		if beside && (!t.acquisition() || to.dumps()) {
			why := evidence.Coverage{State: evidence.NotRun, Reason: "it holds the loose print-outs beside it again; import it by its own path"}
			if err := leave(to.tally, "bugreport", r.name, why); err != nil {
				return err
			}
			continue
		}
		if t.zipped {
			r.name = filepath.Base(t.name) + "!" + r.name
		}
		refused, err := r.openInto(to)
		if err != nil {
			return err
		}
		to.endFile(refused)
	}
	return nil
}

// mostLeft bounds how many files are named that were not taken.
const mostLeft = 200

// rest names what was not taken in.
func (t *tree) rest(all []reason, to Sink) error {
	all = append(all, t.aside()...)
	for i, r := range all {
		if i == mostLeft {
			why := evidence.Coverage{State: evidence.Unsupported, Reason: fmt.Sprintf("%d more files and folders that tell no source", len(all)-i)}
			return leave(to, NotTaken, "…", why)
		}
		why := evidence.Coverage{State: evidence.Unsupported, Reason: fmt.Sprintf("%s: %v", r.name, r.why)}
		if err := leave(to, NotTaken, r.name, why); err != nil {
			return err
		}
	}
	return nil
}

// aside says why what is no file of the tree is left.
func (t *tree) aside() []reason {
	var all []reason
	for _, f := range t.folders {
		all = append(all, reason{f + "/", errors.New(t.folderLeft(f))})
	}
	for _, o := range t.odd {
		all = append(all, reason{o, errors.New("a link, or no regular file: not followed: put the file itself there")})
	}
	return all
}

// folderLeft says why a folder is not entered.
func (t *tree) folderLeft(name string) string {
	if why, ok := qfFolders[strings.ToLower(name)]; ok && t.acquisition() {
		return why
	}
	return "folders in a folder are not entered"
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
	*tally
	had     map[string]bool
	settled bool
	again   bool // the piece is one of those
}

func (s *sources) Begin(p Piece) (io.Writer, error) {
	s.again = s.settled && s.had[p.Source] && p.Source != NotTaken
	if !s.settled {
		s.had[p.Source] = true
	}
	if s.again {
		_, err := s.tally.Begin(Piece{Source: NotTaken, Origin: p.Origin})
		return io.Discard, err
	}
	return s.tally.Begin(p)
}

func (s *sources) End(c evidence.Coverage) error {
	if s.again {
		c = evidence.Coverage{State: evidence.NotRun, Reason: "the folder has it as a file of its own"}
	}
	return s.tally.End(c)
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

package reports

import (
	"cmp"
	"fmt"
	"path"
	"strconv"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
)

// sheet fills a table whose rows each belong to one handset.
type sheet struct {
	Table
	roster
}

// newSheet begins a table with brand, model and serial, the table's own
// columns, then for machines the build, the run and the notice.
func newSheet(j finding.Judgement, name, title, about string, own ...Column) *sheet {
	s := &sheet{roster: newRoster(j)}
	s.Table = Table{Name: name, Title: s.title(title), About: about, Group: 3}
	s.Columns = append(s.Columns, brandColumn, modelColumn, Column{Name: "Serial", About: "which handset of the model"})
	s.Columns = append(s.Columns, own...)
	s.Columns = append(s.Columns, fingerprintColumn, runColumn, noticeColumn)
	return s
}

var (
	brandColumn    = Column{Name: "Brand", About: "as the inventory writes it"}
	modelColumn    = Column{Name: "Model", About: "ro.product.model; in brackets, what kind of handset it is where it is not one from a shop"}
	runColumn      = Column{Name: "Run", About: "the run's name", Detail: true}
	noticeColumn   = Column{Name: "Notice", About: "what a reader must know of the handset", Detail: true}
	buildColumn    = Column{Name: "Build", About: "what tells it from the model's other builds, where there are several"}
	evidenceColumn = Column{Name: "Evidence", About: "where the row was read: file in the run's folder, line, and bytes as first+length"}
)

// fingerprintColumn tells machines which build a row is of.
var fingerprintColumn = Column{
	Name:   "Fingerprint",
	About:  "ro.build.fingerprint; where there is none, what else tells the build",
	Detail: true,
}

// add appends a handset's row.
func (s *sheet) add(h android.Handset, own ...Cell) {
	kind, sentence := s.notice(h)
	row := make([]Cell, 0, len(s.Columns))
	row = append(row, value(known(h.Brand, "brand unknown")), value(modelName(h.Model, kind)), value(string(h.Serial)))
	row = append(row, own...)
	s.Rows = append(s.Rows, append(row, value(h.Build.ID()), value(s.run), value(notice(kind, sentence))))
}

// note appends a line to what stands below the table.
func (s *sheet) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// name is a handset in running text.
func (r roster) name(h android.Handset) string {
	kind, _ := r.notice(h)
	return fmt.Sprintf("%s %s [%s]", known(h.Brand, "brand unknown"), modelName(h.Model, kind), h.Serial)
}

func notice(kind, sentence string) string {
	if kind == "" {
		return ""
	}
	return kind + ": " + sentence
}

func value(text string) Cell { return Cell{Text: text} }

func number(n int) Cell {
	wide := int64(n)
	return Cell{Text: strconv.Itoa(n), Number: &wide}
}

func yes(b bool) Cell {
	if b {
		return value("yes")
	}
	return value("no")
}

// grounds is a cell that leads to evidence: it prints the first place and how
// many more there are.
func grounds(refs ...evidence.Ref) Cell {
	var real []evidence.Ref
	for _, r := range refs {
		if r.Bundle != "" || r.File != "" {
			real = append(real, r)
		}
	}
	switch len(real) {
	case 0:
		return Cell{Text: "none kept"}
	case 1:
		return Cell{Text: Place(real[0]), Grounds: real}
	}
	return Cell{Text: fmt.Sprintf("%s and %d more", Place(real[0]), len(real)-1), Grounds: real}
}

// Place writes where a piece of evidence stands, such as
// moto-e22.camera.1/after.dumpsys-appops.txt:12 bytes 340+58: file, line, first
// byte and length. A Ref to a whole file has no line.
func Place(r evidence.Ref) string {
	file := path.Join(r.Bundle, r.File)
	if r.Line <= 0 {
		return file
	}
	return fmt.Sprintf("%s:%d bytes %d+%d", file, r.Line, r.Offset, r.Length)
}

func byRef(a, b evidence.Ref) int {
	return cmp.Or(cmp.Compare(a.Bundle, b.Bundle), cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset))
}

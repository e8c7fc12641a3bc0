package finding

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
)

// table is the headline table: a row for each model and build that was tried, or
// is missing.
func (t *Tally) table() []Model {
	rows := make(map[modelKey]*modelRow, len(t.models))
	for key, s := range t.models {
		rows[key] = &modelRow{maps.Clone(s.handsets)}
	}
	cells := t.cells(rows)
	table := make([]Model, 0, len(rows))
	for key, s := range rows {
		m := s.model(key)
		m.Cells = make(map[string]Cell, len(t.rules))
		for _, r := range t.rules {
			m.Cells[r.ID] = cells.cell(key, r, m.Handsets)
		}
		table = append(table, m)
	}
	slices.SortFunc(table, func(a, b Model) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Brand), strings.ToLower(b.Brand)), cmp.Compare(a.Model, b.Model),
			cmp.Compare(a.Notice, b.Notice), cmp.Compare(a.Build, b.Build))
	})
	return table
}

// cells gathers what bears on each cell: findings, jobs that did not finish, and
// handsets that were not there. Models that nothing was read of get rows of their own.
func (t *Tally) cells(rows map[modelKey]*modelRow) tallied {
	cells := tallied{}
	for _, f := range t.findings {
		cells.of(keyFor(f.Handset), f.Rule).add(f)
	}
	last := LastAttempts(t.jobs)
	owed := map[owing]bool{}
	for _, j := range last {
		for _, p := range t.known(j.Handset) {
			addTo(rows, p)
			owed[owing{p.row, j.Scenario, j.Repeat}] = true
			judged := t.seen[p.attempt(j)]
			for _, r := range t.rules {
				if r.asked(j.Scenario) {
					cells.of(p.row, r.ID).owe(j, judged)
				}
			}
		}
	}
	for _, j := range last {
		for _, p := range t.known(j.Handset) {
			t.elsewhere(cells, owed, p, j)
		}
	}
	t.absent(cells, rows)
	return cells
}

// owing is one job that a row owes, whichever of its handsets plays it.
type owing struct {
	row      modelKey
	scenario string
	repeat   int
}

// elsewhere says of a handset that was updated within a run that a job was played
// with another of its builds alone: of this one nobody knows.
func (t *Tally) elsewhere(cells tallied, owed map[owing]bool, p placed, j Job) {
	if j.Outcome.State == evidence.NotApplicable {
		return
	}
	for row, s := range t.models {
		if _, ours := s.handsets[p.Serial]; !ours || row == p.row || row.family != p.row.family || owed[owing{row, j.Scenario, j.Repeat}] {
			continue
		}
		for _, r := range t.rules {
			if r.asked(j.Scenario) {
				cells.of(row, r.ID).doubt(scenarioName(j) + ": not played with this build, but with another that the handset had in this run")
			}
		}
	}
}

// absent enters handsets that could not be used. Where another handset of the
// model was there, whatever its build, that one answers for the model.
func (t *Tally) absent(cells tallied, rows map[modelKey]*modelRow) {
	tried := map[family]bool{}
	for row := range rows {
		tried[row.family] = true
	}
	for _, m := range t.missing {
		for _, p := range t.known(m.Handset) {
			if p.Model == "" || tried[p.row.family] {
				continue
			}
			addTo(rows, p)
			for _, r := range t.rules {
				cells.of(p.row, r.ID).doubt(fmt.Sprintf("%s: %s", p.Serial, m.State))
			}
		}
	}
}

// placed is a handset and the row that it stands in.
type placed struct {
	android.Handset
	row modelKey
}

func (p placed) attempt(j Job) attempt { return attempt{p.Serial, p.row, j.Scenario, j.Repeat} }

func addTo(rows map[modelKey]*modelRow, p placed) {
	if rows[p.row] == nil {
		rows[p.row] = newModelRow()
	}
	if _, known := rows[p.row].handsets[p.Serial]; !known {
		rows[p.row].handsets[p.Serial] = p.Handset
	}
}

// known gives the rows that a job's handset stands in, and the handset as its own
// evidence names it, where there is evidence of one model of that serial only; the
// inventory may have written it otherwise. A handset that had several builds in a
// run, of which the job does not say which it was, stands in all of their rows.
// One that never said which build it runs stands with those of its model that
// did, as long as they all run the same; else it has a row of its own.
func (t *Tally) known(h android.Handset) []placed {
	own := t.ofSerial(h)
	if len(own) == 0 {
		return []placed{{h, t.rowOf(h)}}
	}
	build := h.Build.ID()
	if build == "" {
		return own
	}
	if i := slices.IndexFunc(own, func(p placed) bool { return p.row.build == build }); i >= 0 {
		return own[i : i+1]
	}
	k := own[0].Handset
	k.Build = h.Build
	return []placed{{k, keyFor(k)}}
}

// ofSerial gives the handset of a serial with each build that there is evidence
// of, by build: of h's own model, or else of the one model that has that serial.
// Whether a handset has a notice, only its evidence says.
func (t *Tally) ofSerial(h android.Handset) []placed {
	var all, own []placed
	mine := keyFor(h).family
	for row, s := range t.models {
		k, ok := s.handsets[h.Serial]
		if !ok {
			continue
		}
		all = append(all, placed{k, row})
		if row.brand == mine.brand && row.model == mine.model && (mine.notice == "" || mine.notice == row.notice) {
			own = append(own, placed{k, row})
		}
	}
	if len(own) > 0 {
		all = own
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.row.notice, b.row.notice), cmp.Compare(a.row.build, b.row.build))
	})
	for _, p := range all {
		if p.row.family != all[0].row.family {
			return nil
		}
	}
	return all
}

// rowOf gives the row of a handset that there is no evidence of.
func (t *Tally) rowOf(h android.Handset) modelKey {
	row := keyFor(h)
	if row.build != "" {
		return row
	}
	var rows []modelKey
	for r := range t.models {
		if r.family == row.family {
			rows = append(rows, r)
		}
	}
	if len(rows) == 1 {
		return rows[0]
	}
	return row
}

// rowFor gives the row of a handset that there is evidence of, with the handset in it.
func (t *Tally) rowFor(h android.Handset) *modelRow {
	key := keyFor(h)
	if t.models[key] == nil {
		t.models[key] = newModelRow()
	}
	t.models[key].handsets[h.Serial] = h
	return t.models[key]
}

func newModelRow() *modelRow {
	return &modelRow{handsets: map[android.Serial]android.Handset{}}
}

func keyFor(h android.Handset) modelKey {
	return modelKey{family{strings.ToLower(h.Brand), h.Model, h.Notice}, h.Build.ID()}
}

func attemptOf(h android.Handset, scenario string, repeat int) attempt {
	return attempt{h.Serial, keyFor(h), scenario, repeat}
}

// model sums up the row.
func (s *modelRow) model(key modelKey) Model {
	handsets := slices.SortedFunc(maps.Values(s.handsets), compareHandsets)
	m := Model{Handsets: handsets, Build: key.build}
	var releases []string
	for _, h := range handsets {
		if m.Brand == "" || h.Brand < m.Brand {
			m.Brand = h.Brand
		}
		m.Model, m.Notice = h.Model, h.Notice
		if h.Build.Release != "" && !slices.Contains(releases, h.Build.Release) {
			releases = append(releases, h.Build.Release)
		}
	}
	slices.Sort(releases)
	m.Release = strings.Join(releases, ", ")
	return m
}

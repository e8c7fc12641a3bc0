package reports

import (
	"cmp"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/finding"
)

// roster knows which model a handset counts to, and what a reader must be told
// of it.
type roster struct {
	run     string
	models  []finding.Model
	byPhone map[phone]int
	byModel map[phone]int // with no serial and build; -1 where models of one name differ in notice
}

// phone is what tells handsets apart: serials alone do not, and one that was
// updated within a run stands in two rows.
type phone struct {
	serial              android.Serial
	brand, model, build string
}

func newRoster(j finding.Judgement) roster {
	r := roster{run: j.Run, models: j.Models, byPhone: map[phone]int{}, byModel: map[phone]int{}}
	for i, m := range j.Models {
		name := phone{brand: m.Brand, model: m.Model}
		if first, ok := r.byModel[name]; !ok {
			r.byModel[name] = i
		} else if first < 0 || j.Models[first].Notice != m.Notice {
			r.byModel[name] = -1
		}
		for _, h := range m.Handsets {
			r.byPhone[phone{h.Serial, h.Brand, h.Model, h.Build.ID()}] = i
		}
	}
	return r
}

// index gives the place of the handset's model among the judgement's, or -1.
func (r roster) index(h android.Handset) int {
	if i, ok := r.byPhone[phone{h.Serial, h.Brand, h.Model, h.Build.ID()}]; ok {
		return i
	}
	if i, ok := r.byModel[phone{brand: h.Brand, model: h.Model}]; ok {
		return i
	}
	return -1
}

// notice gives the kind of a handset and the sentence about it; both are empty
// for one from a shop.
func (r roster) notice(h android.Handset) (kind, sentence string) {
	if i := r.index(h); i >= 0 {
		return splitNotice(r.models[i].Notice)
	}
	return "", ""
}

// splitNotice takes apart what android.PropNotice holds. A notice that names no
// kind is still shown.
func splitNotice(notice string) (kind, sentence string) {
	notice = strings.TrimSpace(notice)
	if notice == "" {
		return "", ""
	}
	kind, sentence, ok := strings.Cut(notice, ":")
	kind, sentence = strings.TrimSpace(kind), strings.TrimSpace(sentence)
	if !ok || kind == "" {
		return "noted", notice
	}
	return kind, sentence
}

// modelName is how a model is called in every table: moto e22 (virtual).
func modelName(model, kind string) string {
	model = known(model, "model unknown")
	if kind == "" {
		return model
	}
	return model + " (" + kind + ")"
}

// title makes a table's title: it names the run, and tells every notice.
func (r roster) title(of string) string {
	title := of + ", run " + known(r.run, "without a name")
	var told []string
	for _, m := range r.models {
		kind, sentence := splitNotice(m.Notice)
		if kind == "" {
			continue
		}
		told = append(told, strings.TrimRight(kind+" handsets: "+sentence, ": "))
	}
	slices.Sort(told)
	for _, t := range slices.Compact(told) {
		title += " — " + t
	}
	return title
}

// known gives text, or where it is empty what is said instead.
func known(text, instead string) string {
	if strings.TrimSpace(text) == "" {
		return "(" + instead + ")"
	}
	return text
}

// byName orders names as a reader looks them up: without regard to case first.
func byName(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// byHandset orders handsets by brand, model, serial and build.
func byHandset(a, b android.Handset) int {
	return cmp.Or(byName(a.Brand, b.Brand), byName(a.Model, b.Model), cmp.Compare(a.Serial, b.Serial), cmp.Compare(a.Build.ID(), b.Build.ID()))
}

//go:build unix

package lab_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"

	"assay/harness/evidence"
)

// forger changes a run in one place, and says in scene.name where.
type forger struct {
	name string
	harm func(s *scene)
}

const (
	anyFile = "."
	anyJSON = `^run\.json$|^journal\.jsonl$|manifest\.json$`
	body    = `captures/`
	sealing = `manifest\.json$`
)

// keyOf matches a key of JSON.
var keyOf = regexp.MustCompile(`"[a-z_0-9]+": ?`)

// forgers are the ways to forge; each seed plays one of them.
var forgers = []forger{
	{"a bit", func(s *scene) { s.edit(anyFile, s.flip) }},
	{"a bit of what seals", func(s *scene) { s.edit(anyJSON, s.flip) }},
	{"cut short", func(s *scene) { s.edit(anyFile, func(raw []byte) []byte { return raw[:s.dice.IntN(len(raw))] }) }},
	{"emptied", func(s *scene) { s.edit(anyFile, func([]byte) []byte { return nil }) }},
	{"more at the end", func(s *scene) {
		s.edit(anyFile, func(raw []byte) []byte { return append(raw, raw[:1+s.dice.IntN(len(raw))]...) })
	}},
	{"other bytes of the same length", func(s *scene) {
		s.edit(anyFile, func(raw []byte) []byte { return bytes.Repeat([]byte{byte('a' + s.dice.IntN(26))}, len(raw)) })
	}},
	{"a key in another case", func(s *scene) { s.edit(anyJSON, s.key(func(k []byte) []byte { return bytes.ToUpper(k) })) }},
	{"a key of another name", func(s *scene) {
		s.edit(anyJSON, s.key(func(k []byte) []byte { return slices.Insert(bytes.Clone(k), 1, 'x') }))
	}},
	{"a key twice", func(s *scene) {
		s.edit(anyJSON, s.key(func(k []byte) []byte { return slices.Concat(k, []byte("null,"), k) }))
	}},
	{"no key", func(s *scene) { s.edit(`^run\.json$|manifest\.json$`, s.dropKey) }},
	{"no line", func(s *scene) {
		s.lines(func(l [][]byte) [][]byte {
			at := s.dice.IntN(len(l))
			return slices.Delete(l, at, at+1)
		})
	}},
	{"a line twice", func(s *scene) {
		s.lines(func(l [][]byte) [][]byte { return slices.Insert(l, s.dice.IntN(len(l)+1), l[s.dice.IntN(len(l))]) })
	}},
	{"two lines exchanged", func(s *scene) {
		s.lines(func(l [][]byte) [][]byte {
			x, y := s.dice.IntN(len(l)), s.dice.IntN(len(l))
			l[x], l[y] = l[y], l[x]
			return l
		})
	}},
	{"a line more", func(s *scene) {
		s.lines(func(l [][]byte) [][]byte {
			more, _ := json.Marshal(evidence.Entry{Kind: evidence.JobEnded, Outcome: &evidence.Outcome{State: evidence.Finished}})
			return slices.Insert(l, s.dice.IntN(len(l)+1), append(more, '\n'))
		})
	}},
	{"no tail", func(s *scene) { s.lines(func(l [][]byte) [][]byte { return l[:s.dice.IntN(len(l))] }) }},
	{"no file", func(s *scene) { must(0, os.Remove(s.path(s.any(anyFile)))) }},
	{"no bundle", func(s *scene) { must(0, os.RemoveAll(s.path(s.bundle()))) }},
	{"no captures", func(s *scene) { s.name = s.bundle() + "/captures"; must(0, os.RemoveAll(s.path(s.name))) }},
	{"two bodies exchanged", func(s *scene) { s.exchange(s.any(body), s.any(body)) }},
	{"two manifests exchanged", func(s *scene) { s.exchange(s.any(sealing), s.any(sealing)) }},
	{"two bundles exchanged", func(s *scene) { s.exchange(s.bundle(), s.bundle()) }},
	{"any two files exchanged", func(s *scene) { s.exchange(s.any(anyFile), s.any(anyFile)) }},
	{"a bundle more", func(s *scene) {
		from := s.bundle()
		s.name = from + ".2"
		must(0, os.CopyFS(s.path(s.name), os.DirFS(s.path(from))))
	}},
	{"a file more in a bundle", func(s *scene) {
		s.name = s.bundle() + []string{"/more", "/captures/more", "/.more"}[s.dice.IntN(3)]
		s.write(s.name, nil)
	}},
	{"a file among the bundles", func(s *scene) { s.name = "bundles/more"; s.write(s.name, []byte("x")) }},
	{"a link", func(s *scene) { s.link(s.any(anyFile)) }},
	{"a link for a folder", func(s *scene) {
		s.name = []string{"bundles", s.bundle(), s.bundle() + "/captures"}[s.dice.IntN(3)]
		s.link(s.name)
	}},
	{"a FIFO", func(s *scene) {
		name := s.path(s.any(anyFile))
		must(0, os.Remove(name))
		must(0, syscall.Mkfifo(name, 0o600))
	}},
	{"a folder for a file", func(s *scene) {
		name := s.path(s.any(anyFile))
		must(0, os.Remove(name))
		must(0, os.Mkdir(name, 0o700))
	}},
	{"a body with its manifest", (*scene).together},
	{"a manifest that leads out", func(s *scene) {
		s.manifest(func(m *evidence.Manifest) {
			m.Captures[s.dice.IntN(len(m.Captures))].File = []string{"../../run.json", "/etc/passwd", "captures/../../x", ""}[s.dice.IntN(4)]
		})
	}},
	{"a manifest of another attempt", func(s *scene) {
		s.manifest(func(m *evidence.Manifest) { m.Attempt += 1 + s.dice.IntN(1000) })
	}},
}

func (s *scene) bundle() string {
	s.name = s.v.bundles[s.dice.IntN(len(s.v.bundles))]
	return s.name
}

func (s *scene) flip(raw []byte) []byte {
	raw[s.dice.IntN(len(raw))] ^= 1 << s.dice.IntN(8)
	return raw
}

// key changes one key.
func (s *scene) key(change func([]byte) []byte) func([]byte) []byte {
	return func(raw []byte) []byte {
		all := keyOf.FindAllIndex(raw, -1)
		at := all[s.dice.IntN(len(all))]
		return slices.Concat(raw[:at[0]], change(raw[at[0]:at[1]]), raw[at[1]:])
	}
}

// dropKey takes a key out of the outermost object.
func (s *scene) dropKey(raw []byte) []byte {
	var all map[string]json.RawMessage
	must(0, json.Unmarshal(raw, &all))
	var keys []string
	for k := range all {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	delete(all, keys[s.dice.IntN(len(keys))])
	return must(json.MarshalIndent(all, "", "  "))
}

func (s *scene) exchange(x, y string) {
	s.name, s.other = y, x
	if x == y {
		return
	}
	must(0, os.Rename(s.path(x), s.path("aside")))
	must(0, os.Rename(s.path(y), s.path(x)))
	must(0, os.Rename(s.path("aside"), s.path(y)))
}

// link moves a file or folder away, and leads there.
func (s *scene) link(name string) {
	away := filepath.Join(filepath.Dir(s.dir), "away")
	must(0, os.Rename(s.path(name), away))
	must(0, os.Symlink(away, s.path(name)))
}

// manifest writes a manifest anew, with a change.
func (s *scene) manifest(change func(*evidence.Manifest)) {
	dir := s.bundle()
	m := must(evidence.Open(s.path(dir)))
	change(&m)
	s.name = dir + "/manifest.json"
	must(0, evidence.WriteJSON(s.path(s.name), m))
}

// together changes a body, and its manifest with it.
func (s *scene) together() {
	s.manifest(func(m *evidence.Manifest) {
		c := &m.Captures[s.dice.IntN(len(m.Captures))]
		raw := append(must(os.ReadFile(s.path(s.name+"/"+c.File))), "[ro.boot.verifiedbootstate]: [green]\n"...)
		must(0, os.WriteFile(s.path(s.name+"/"+c.File), raw, 0o600))
		c.Size, c.SHA256 = int64(len(raw)), evidence.Digest(raw)
	})
}

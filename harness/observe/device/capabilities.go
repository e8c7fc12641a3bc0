package device

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Capabilities reads what the handset's shell offers: the answers to the probe.
var Capabilities = printout.Parser{
	Source: "capabilities",
	Parse:  parseCapabilities,
	Needs: "dumpsys -l, pm list features, ls -d, command -v and options tried out, below @@ TYPE NAME: " +
		"frameworks/native cmds/dumpsys/dumpsys.cpp, " +
		"services/core com/android/server/pm/PackageManagerShellCommand.java, before Android 7 cmds/pm, Android 5 to 16; from source only",
}

// probed are the words behind "@@ ", and the types of what stands below.
var probed = map[string]string{"services": "service", "features": "feature", "file": "file", "command": "command", "option": "option"}

// probe reads one answer after another.
type probe struct {
	*printout.Lines
	emit    printout.Emit
	names   printout.Names
	at      fact.Capability // what the lines are about
	refused bool            // logcat said that it does not know the option
	listed  map[string]bool
	ended   bool
}

func parseCapabilities(in printout.Input, emit printout.Emit) error {
	p := &probe{Lines: in.Lines, emit: emit, listed: map[string]bool{}}
	for p.Next() {
		t := p.Text()
		switch mark, marked := bytes.CutPrefix(t, printout.HeadingMark); {
		case marked:
			p.mark(mark)
		case p.at.Type != "" && len(t) > 0:
			p.answer(t)
		default:
			p.Settle()
		}
	}
	switch {
	case !p.ended:
		p.Cut("the probe has no end")
	case p.Covered():
	case !p.listed["service"] || !p.listed["feature"]:
		p.Cut("no services are listed, or no features")
	}
	return nil
}

// mark reads what the next lines are about.
func (p *probe) mark(t []byte) {
	word, name := printout.Word(t)
	p.at, p.refused = fact.Capability{}, false
	if string(word) == "end" {
		p.ended = true
		p.Read()
		return
	}
	if kind, known := probed[string(word)]; known {
		p.at = fact.Capability{Type: kind, Name: string(bytes.TrimSpace(name))}
		p.Read()
	}
}

func (p *probe) answer(t []byte) {
	switch p.at.Type {
	case "service":
		p.service(t)
	case "feature":
		if name, ok := bytes.CutPrefix(t, []byte("feature:")); ok {
			p.list(name)
			return
		}
		p.Settle()
	case "file":
		p.file(t)
	case "command":
		p.settle(string(t) != "none", t)
	case "option":
		p.option(t)
	}
}

// service reads a line of dumpsys -l.
func (p *probe) service(t []byte) {
	name, ok := bytes.CutPrefix(t, []byte("  "))
	switch {
	case ok && bytes.IndexByte(name, ' ') < 0:
		p.list(name)
	case bytes.HasPrefix(t, []byte("Currently running services:")):
		p.Skip()
	default:
		p.Settle()
	}
}

// list notes a service or feature that is there. A feature may have a version: NAME=VERSION.
func (p *probe) list(t []byte) {
	name, val := t, []byte(nil)
	if p.at.Type == "feature" {
		name, val, _ = bytes.Cut(t, []byte("="))
	}
	if len(name) == 0 || len(t) > printout.LongestName || bytes.IndexByte(name, ' ') >= 0 {
		return
	}
	p.listed[p.at.Type] = true
	p.Read()
	p.emit(fact.Capability{Type: p.at.Type, Name: p.names.Of(name), Present: true, Value: p.names.Of(val)}, p.Span())
}

// file reads what ls -d says: the name alone, or why it cannot show it. A file that the shell
// may not look at is neither known to be there nor to be missing.
func (p *probe) file(t []byte) {
	switch {
	case string(t) == p.at.Name:
		p.settle(true, nil)
	case bytes.HasSuffix(t, []byte(android.NoSuchFile)):
		p.settle(false, nil)
	case bytes.HasSuffix(t, []byte(android.NoEntry)):
		p.Skip()
	}
}

// option reads how a command ended that was tried with the option. The option is missing only
// where the command said so; any other failure says nothing of it.
func (p *probe) option(t []byte) {
	status, ended := bytes.CutPrefix(t, []byte("exit "))
	switch {
	case !ended:
		p.refused = p.refused || bytes.Contains(t, []byte("nvalid parameter")) || bytes.Contains(t, []byte("nrecognized option"))
		p.Skip()
	case string(status) == "0":
		p.settle(true, nil)
	case p.refused:
		p.settle(false, nil)
	default:
		p.Skip()
	}
}

// settle emits whether the thing asked about is there, and where, if it is a command.
func (p *probe) settle(present bool, where []byte) {
	if p.at.Name == "" {
		return
	}
	c := p.at
	c.Present = present
	if present {
		c.Value = string(where[:min(len(where), printout.LongestName)])
	}
	p.at = fact.Capability{}
	p.Read()
	p.emit(c, p.Span())
}

// Package virtual is a farm of virtual handsets: they answer from state, print
// each Android release's own formats, misbehave on request, and replay recorded
// print-outs. Personas go in and faces come out.
//
// New switches a Handset on from a persona, Replay makes one of a recording; NewFarm
// plugs handsets in, and Start serves them as an adb server on loopback does. What a
// handset is made of has rooms of its own: persona says who it is, phone is its state,
// dumpsys and command print and change that, sh and toolbox run scripts over disk, fault
// has things go wrong, replay answers from a recording, and face is what adb sees.
//
// A maker's packages stand in a handset's inventory with the facts that the
// maker's firmware gives, and start quietly. What behaves are specimen apps of
// our own; their behaviour is invented and says nothing about any maker.
package virtual

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"

	"assay/harness/virtual/command"
	"assay/harness/virtual/face"
	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
	"assay/harness/virtual/replay"
	"assay/harness/virtual/toolbox"
)

// Handset is one virtual handset: a phone, and the adbd that shows it to a computer.
type Handset struct {
	*phone.Handset
	adbd face.Adbd
}

// New switches a handset on. The same persona, seed and commands give the same
// bytes, always. A persona that persona.Load accepted never makes it panic.
func New(p *persona.Persona, seed uint64) *Handset {
	return &Handset{Handset: phone.New(p, seed, programs())}
}

// Replay makes a handset that prints what another one printed: from an evidence
// bundle (a folder with a manifest.json), or from a folder of loose print-outs
// that are named after their commands, such as getprop.txt,
// dumpsys_appops.txt.gz or logcat_events.txt. What was not recorded is answered
// as by a handset that lacks the service. Files are read when they are asked
// for, so the folder must stay.
func Replay(dir string) (*Handset, error) {
	r, p, err := replay.Open(dir, func(name string) bool { return command.Commands()[name] != nil })
	if err != nil {
		return nil, err
	}
	h := New(p, 0)
	h.PlayBack(r)
	return h, nil
}

// programs are those of every handset. The toolbox is made once it is needed.
var programs = sync.OnceValue(func() phone.Programs {
	return phone.Programs{Android: command.Commands(), Toolbox: toolbox.Commands(), Since: toolbox.Since}
})

// Adbd is the handset's adbd.
func (h *Handset) Adbd() *face.Adbd { return &h.adbd }

// Listen has something on the handset answer to a socket service that adb can reach,
// such as tcp:8080: see Adbd.Listen.
func (h *Handset) Listen(service string, answer func(ctx context.Context, stream io.ReadWriter)) {
	h.adbd.Listen(service, answer)
}

// Start serves handsets on a free port of loopback. stop ends the server and
// waits for its connections.
func Start(ctx context.Context, handsets ...*Handset) (addr string, stop func() error, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("virtual farm: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- face.Serve(ctx, ln, NewFarm(handsets...)) }()
	return ln.Addr().String(), sync.OnceValue(func() error {
		cancel()
		return <-done
	}), nil
}

// NewFarm makes a farm of handsets, in the order of the device list.
func NewFarm(handsets ...*Handset) *face.Farm {
	f := face.NewFarm()
	for _, h := range handsets {
		f.Add(h)
	}
	return f
}

package farm_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

func TestAHandsetThatIsOfflineForAWhileSettles(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Offline, Back: 3})
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle"}, j.rungs)
	assert.True(t, j.outcomes[0].Ready())
	assert.Equal(t, 1, j.outcomes[0].Try)
	assert.Positive(t, j.outcomes[0].Took, "it took looks, and the clock went on between them")
	_, err := l.Device.Shell(t.Context(), "true")
	assert.NoError(t, err)
}

func TestAHandsetThatIsBackOnlyAfterTheSettlingIsReconnectedAsItself(t *testing.T) {
	h, other := plugged(t, testPersona(t, nil), ""), plugged(t, testPersona(t, func(p *persona.Persona) { p.Identity.Serial = "OTHER" }), "")
	b := newBench(t, nil, h, other)
	l := leased(t, b.Farm, b.inv)
	standing := b.Server.Device(adb.Row{Serial: "OTHER"})
	h.Inject(fault.Fault{Kind: fault.Offline, Back: 14})
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle", "reconnect"}, j.rungs)
	assert.Equal(t, farm.Offline, j.outcomes[0].State)
	assert.NoError(t, j.outcomes[1].Err)
	_, err := standing.Shell(t.Context(), "true")
	assert.NoError(t, err, "no other handset is touched")
}

func TestAnUnauthorizedHandsetIsLeftToAPersonAndNeverTouched(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, func(e *farm.Entry) { e.Reboot, e.Power = true, "false" }, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Unauthorized})
	var j journal
	err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note)
	var not *farm.NotReady
	require.ErrorAs(t, err, &not)
	assert.Equal(t, farm.Unauthorized, not.State)
	assert.Contains(t, not.Ticket, "handset: Ours One (")
	assert.Contains(t, not.Ticket, "Allow USB debugging?")
	assert.Contains(t, not.Ticket, "tried: settle (5s)")
	person := ": only a person can authorize this computer"
	assert.Equal(t, []string{"settle", "reconnect" + person, "boot" + person, "wake: it has no shell that hangs",
		"reboot: adb cannot reach it to tell it so", "power" + person, "human"}, j.rungs)
	all, err := b.Quarantine.List()
	require.NoError(t, err)
	assert.Empty(t, all, "it can be used as soon as the dialog is accepted")
}

func TestAHandsetThatStaysOfflineUsesUpItsBudgetsAndGoesIntoQuarantine(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, func(e *farm.Entry) { e.Note = "top shelf" }, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Offline})
	began := b.clock.Now()
	var j journal
	err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note)
	var not *farm.NotReady
	require.ErrorAs(t, err, &not)
	assert.Equal(t, farm.Offline, not.State)
	assert.Equal(t, []string{"settle", "reconnect", "reconnect", "boot", "wake: it has no shell that hangs",
		"reboot: devices.yaml does not allow it (reboot: true)", "power: devices.yaml names no command (power:)", "human"}, j.rungs)
	var most time.Duration
	for _, r := range farm.Rungs()[:3] {
		most += time.Duration(r.Tries) * r.Time
	}
	spent := b.clock.Now().Sub(began)
	assert.LessOrEqual(t, spent, most)
	assert.Greater(t, spent, most-20*time.Second)
	s, active, err := b.Quarantine.Active(b.inv.Devices[0].Key(), b.clock.Now())
	require.NoError(t, err)
	require.True(t, active)
	assert.Contains(t, s.Ticket, "note: top shelf")
	assert.Contains(t, s.Ticket, "tried: settle (5s), reconnect (10s), reconnect (10s), boot (2m0s)")
	places, err := b.Survey(t.Context(), b.inv)
	require.NoError(t, err)
	assert.Equal(t, farm.Quarantined, places[0].State)
	_, err = b.Lease(t.Context(), places[0])
	require.ErrorAs(t, err, &not)
	assert.Contains(t, not.Remedy, "assay quarantine lift")
}

func TestAHandsetThatIsAwayIsWaitedForAndNotPutIntoQuarantine(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Unplugged})
	var j journal
	err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note)
	var not *farm.NotReady
	require.ErrorAs(t, err, &not)
	assert.Equal(t, farm.Missing, not.State)
	assert.NotEmpty(t, not.Ticket)
	assert.Contains(t, j.rungs, "reconnect: adb does not show it")
	all, err := b.Quarantine.List()
	require.NoError(t, err)
	assert.Empty(t, all)
}

func TestTheShellIsWokenWhereItHangs(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Silent, Match: "shell", Times: 2}) // the look after settling, and the first of waking
	var j journal
	ladder := &farm.Ladder{Farm: b.Farm, Inventory: b.inv, Rungs: quick("settle", "boot", "wake", "human"), Answer: time.Second}
	require.NoError(t, ladder.Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle", "boot: it is there, but its shell hangs", "wake"}, j.rungs)
	assert.Contains(t, j.outcomes[0].Cause, "its shell does not answer")
}

func TestAHandsetIsRebootedOnlyWhereDevicesYamlAllows(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		h := plugged(t, testPersona(t, nil), "")
		b := newBench(t, func(e *farm.Entry) { e.Reboot = allowed }, h)
		l := leased(t, b.Farm, b.inv)
		before := l.Device.Row().TransportID
		h.Inject(fault.Fault{Kind: fault.Silent, Match: "shell", Times: 1})
		var j journal
		rungs := quick("settle", "reboot", "human")
		rungs[1].Time = time.Minute
		err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv, Rungs: rungs, Answer: time.Second}).Climb(t.Context(), l, j.note)
		if !allowed {
			var not *farm.NotReady
			require.ErrorAs(t, err, &not)
			assert.Equal(t, []string{"settle", "reboot: devices.yaml does not allow it (reboot: true)", "human"}, j.rungs)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, []string{"settle", "reboot"}, j.rungs)
		assert.NotEqual(t, before, l.Device.Row().TransportID, "it went down, and came back")
	}
}

func TestAPortIsPowerCycledByTheCommandOfDevicesYaml(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "cycle")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$1\"\n"), 0o755))
	said := filepath.Join(dir, "said")
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, func(e *farm.Entry) { e.Power = script + " " + said + " -l {hub} -p {port} {usb} {serial}" }, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Offline, Back: 2})
	var j journal
	rungs := quick("settle", "power", "human")
	rungs[1].Time = time.Minute
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv, Rungs: rungs}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle", "power"}, j.rungs)
	got, err := os.ReadFile(said)
	require.NoError(t, err)
	assert.Equal(t, said+"\n-l\n1-1\n-p\n1\n1-1.1\n"+h.Serial()+"\n", string(got))
}

func TestAPowerCommandThatFailsIsJournalledAndTheHandsetHandedOver(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, func(e *farm.Entry) { e.Power = "/nonexistent/uhubctl -p {port}" }, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Offline})
	var j journal
	err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv, Rungs: quick("power", "human")}).Climb(t.Context(), l, j.note)
	require.Error(t, err)
	assert.Equal(t, []string{"power", "human"}, j.rungs)
	assert.ErrorContains(t, j.outcomes[0].Err, "/nonexistent/uhubctl -p 1")
}

func TestABootLoopGoesIntoQuarantine(t *testing.T) {
	booting := func(id string) *virtual.Handset {
		return plugged(t, testPersona(t, func(p *persona.Persona) {
			p.Identity.BootID = "00000000-0000-4000-8000-00000000000" + id
			p.Properties[android.PropBootCompleted] = "0"
		}), "")
	}
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	now := h
	b.clock.before = func(wait int) {
		next := booting(string(rune('0' + wait%10)))
		b.rooms.Remove(now)
		b.rooms.Add(next)
		now = next
	}
	b.rooms.Remove(h)
	var j journal
	err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note)
	var not *farm.NotReady
	require.ErrorAs(t, err, &not)
	assert.Equal(t, farm.Quarantined, not.State)
	assert.Contains(t, not.Cause, "boot loop: it booted 3 times")
	assert.Equal(t, "human", j.rungs[len(j.rungs)-1])
	assert.Contains(t, j.rungs, "power: it would not help")
	s, active, err := b.Quarantine.Active(l.Entry.Key(), b.clock.Now())
	require.NoError(t, err)
	require.True(t, active)
	assert.Contains(t, s.Reason, "boot loop")
}

func TestAHandsetThatRebootedSaysSoByItsBootID(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	before := l.BootID
	require.NotEmpty(t, before)
	b.rooms.Remove(h)
	b.clock.before = func(wait int) {
		if wait == 20 { // long after the settling: it was away, and has booted
			b.rooms.Add(plugged(t, testPersona(t, func(p *persona.Persona) { p.Identity.BootID = "00000000-0000-4000-8000-000000000001" }), ""))
		}
	}
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle", "reconnect: adb does not show it", "boot"}, j.rungs)
	assert.NotEqual(t, before, l.BootID)
	assert.Equal(t, l.BootID, j.outcomes[2].BootID)
}

func TestAnotherHandsetInTheLeasedOnesPlaceIsRefused(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	b.rooms.Remove(h)
	b.rooms.Add(plugged(t, testPersona(t, func(p *persona.Persona) { p.Properties[android.PropFingerprint] = "other/build" }), ""))
	back, err := l.Again(t.Context(), b.inv)
	assert.False(t, back)
	assert.ErrorIs(t, err, farm.ErrOtherHandset)
	var j journal
	err = (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note)
	require.ErrorIs(t, err, farm.ErrOtherHandset)
	assert.ErrorContains(t, err, "ambiguous: another handset answers at its place: build other/build")
	_, err = l.Check(t.Context())
	require.ErrorIs(t, err, farm.ErrOtherHandset)
	assert.ErrorIs(t, l.Cause(), farm.ErrOtherHandset, "and the lease is revoked")
}

func TestAServerThatHangsIsReportedWithItsRemedyAndLeftAlone(t *testing.T) {
	ln, err := net.Listen("tcp", loopback)
	require.NoError(t, err)
	var open []net.Conn
	accepted := make(chan struct{})
	go func() {
		defer close(accepted)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			open = append(open, c)
		}
	}()
	f := farm.New(adb.NewServer(ln.Addr().String(), adb.Options{}))
	f.Clock = newSkipping()
	var j journal
	ladder := &farm.Ladder{Farm: f, Rungs: quick("settle", "reconnect", "power", "human"), Answer: 100 * time.Millisecond}
	_, err = ladder.Revive(t.Context(), farm.Place{Entry: farm.Entry{Serial: "A1", Reboot: true, Power: "false"}}, j.note)
	var timeout *adb.Timeout
	require.ErrorAs(t, err, &timeout)
	assert.Equal(t, adb.OwnerServer, timeout.Owner)
	var not *farm.NotReady
	require.ErrorAs(t, err, &not)
	assert.Contains(t, not.Remedy, "hung adb process")
	assert.Equal(t, []string{"settle"}, j.rungs, "nothing is done to a handset for the server's fault")
	require.NoError(t, ln.Close())
	<-accepted
	for _, c := range open {
		c.Close()
	}
}

func TestAfterAServersRestartEveryNetworkHandsetIsConnectedAgain(t *testing.T) {
	var handsets []*virtual.Handset
	var inv farm.Inventory
	for range 2 {
		door, err := net.Listen("tcp", loopback) // where the handset listens
		require.NoError(t, err)
		t.Cleanup(func() { door.Close() })
		go answerTheDoor(door)
		addr := door.Addr().String()
		handsets = append(handsets, plugged(t, testPersona(t, func(p *persona.Persona) { p.Identity.Serial = addr }), ""))
		inv.Devices = append(inv.Devices, farm.Entry{Connect: addr})
	}
	b := newBench(t, nil, handsets...)
	l := leased(t, b.Farm, farm.Inventory{Devices: inv.Devices[:1]})
	addr := b.Server.Addr()
	b.stop()
	b.clock.before = func(wait int) {
		if wait == 1 {
			serve(t, addr, virtual.NewFarm(handsets...))
			for _, e := range inv.Devices { // a server that has just started knows none
				require.NoError(t, b.Server.Disconnect(t.Context(), e.Connect))
			}
		}
	}
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: inv}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle"}, j.rungs)
	rows, err := b.Server.Devices(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 2, "the one that nobody climbs for as well")
}

func answerTheDoor(door net.Listener) {
	for {
		c, err := door.Accept()
		if err != nil {
			return
		}
		c.Close()
	}
}

func TestAJournalThatCannotBeWrittenEndsTheClimb(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Offline})
	full := errors.New("no space left")
	err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, func(farm.Rung, farm.Outcome) error { return full })
	assert.Equal(t, full, err)
}

func TestAClimbWithoutTimeIsHandedOverAndACancelledOneIsNot(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(fault.Fault{Kind: fault.Offline})
	for name, c := range map[string]struct {
		end  func() (context.Context, context.CancelFunc)
		want []string
	}{
		"deadline": {func() (context.Context, context.CancelFunc) { return context.WithDeadline(t.Context(), time.Now()) },
			[]string{"settle: no time is left", "boot: no time is left", "human"}},
		"cancelled": {func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return ctx, cancel
		}, []string{"settle: no time is left"}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := c.end()
			defer cancel()
			var j journal
			err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv, Rungs: quick("settle", "boot", "human")}).Climb(ctx, l, j.note)
			var not *farm.NotReady
			require.ErrorAs(t, err, &not)
			assert.Equal(t, c.want, j.rungs)
		})
	}
}

func TestReviveBringsBackAHandsetThatNobodyHasLeased(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "offline:back=4")
	b := newBench(t, nil, h)
	places, err := b.Survey(t.Context(), b.inv)
	require.NoError(t, err)
	require.Equal(t, farm.Offline, places[0].State)
	var j journal
	p, err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Revive(t.Context(), places[0], j.note)
	require.NoError(t, err)
	l, err := b.Lease(t.Context(), p)
	require.NoError(t, err)
	l.Return()
}

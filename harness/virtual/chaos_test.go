package virtual

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/fault"
)

// outlived plays a day of commands on a handset that follows a script, each for a
// moment, and then waits until it can be used again.
func outlived(t *testing.T, h *Handset, f side, steps int) {
	t.Helper()
	commands := []string{"getprop", "dumpsys package", "logcat -d", "am start -n specimen.camera/.CameraActivity",
		"uiautomator dump /sdcard/w.xml", "sleep 60", "ls /sdcard"}
	for i := range steps {
		done := make(chan struct{})
		go func() { f.run("shell,v2,raw:" + commands[i%len(commands)]); close(done) }()
		select {
		case <-done:
		case <-time.After(30 * time.Millisecond):
			h.Faults().Drop() // its user has had enough
			<-done
		}
	}
	require.Eventually(t, func() bool {
		got := make(chan ran, 1)
		go func() { got <- shellOn(f, "getprop sys.boot_completed; pm path android >/dev/null && echo up") }()
		select {
		case r := <-got:
			return r.stdout == "1\nup\n"
		case <-time.After(300 * time.Millisecond):
			h.Faults().Drop()
			<-got
			return false
		}
	}, 20*time.Second, time.Millisecond)
}

func TestHandsetsOutliveChaosOnBothFaces(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
				var script fault.Script
				for _, one := range fault.Chaos(seed, 60) {
					if one.Kind != fault.BlackHole { // which the test's client would sit out
						script = append(script, one)
					}
				}
				h.Follow(script)
				outlived(t, h, f, 60)
			})
		})
	}
}

// A client that asks one thing after the other sees the same each time. What
// depends on the wall is left out, and how much of a lost stream came through.
func TestChaosIsTheSameOnTheWireEachTime(t *testing.T) {
	for seed := range uint64(6) {
		play := func() (transcript []ran) {
			h := testHandset(t, 30)
			t.Cleanup(func() { h.Close() })
			for _, f := range fault.Chaos(seed, 80) {
				if f.For == 0 && !slices.Contains([]fault.Kind{fault.BlackHole, fault.Endless, fault.Flapping, fault.Hung, fault.Silent, fault.Slow},
					f.Kind) {
					h.Inject(f)
				}
			}
			f := serverFace{t, served(t, NewFarm(h)), h.Serial()}
			for i := range 90 {
				got := shellOn(f, []string{"getprop", "dumpsys battery", "logcat -d -b all", "am start -n specimen.camera/.CameraActivity",
					"uiautomator dump /dev/tty", "sleep 60", "date"}[i%7])
				if got.exit == -1 {
					got = ran{exit: -1}
				}
				transcript = append(transcript, got)
			}
			return transcript
		}
		assert.Equal(t, play(), play(), "seed %d", seed)
	}
}

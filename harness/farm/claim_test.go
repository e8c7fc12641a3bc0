package farm

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
)

// processes gives two farms that keep their claims in one folder, as two runs on
// one adb server do, and a place of theirs.
func processes(t *testing.T) (one, two *Farm, p Place) {
	t.Helper()
	one, p = renting()
	two, _ = renting()
	dir := t.TempDir()
	one.Claims, two.Claims = OpenClaims(dir), OpenClaims(dir)
	return one, two, p
}

// claimFile is the only claim of a farm.
func claimFile(t *testing.T, f *Farm) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(f.Claims.dir, claimsDir, "*.json"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// rewrite changes what a claim says.
func rewrite(t *testing.T, file string, change func(*claimed)) {
	t.Helper()
	is, err := readClaim(file)
	require.NoError(t, err)
	require.NotNil(t, is)
	change(is)
	raw, err := json.Marshal(is)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, raw, 0o644))
}

func TestTwoRunsOfOneHostDoNotLeaseOneHandset(t *testing.T) {
	one, two, p := processes(t)
	l, err := one.noteLease(p)
	require.NoError(t, err)
	_, err = two.noteLease(p)
	require.ErrorIs(t, err, ErrLeased)
	var n *NotReady
	require.ErrorAs(t, err, &n)
	assert.Equal(t, Leased, n.State)
	assert.Contains(t, n.Cause, "process ")
	assert.NotEmpty(t, n.Remedy)
	for _, addr := range []string{"127.0.0.1:1", "localhost:5037", "10.0.0.2:5037"} {
		elsewhere := New(adb.NewServer(addr, adb.Options{}))
		elsewhere.Claims = two.Claims
		_, err = elsewhere.noteLease(p)
		require.ErrorIs(t, err, ErrLeased, "on the network it is the same handset by whichever adb server: %s", addr)
	}

	l.Return()
	l, err = two.noteLease(p)
	require.NoError(t, err)
	l.Return()
	left, err := os.ReadDir(filepath.Join(one.Claims.dir, claimsDir))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestAHandsetOnACableIsOneComputersWhicheverServerHasIt(t *testing.T) {
	dir := t.TempDir()
	by := func(addr string) (*Lease, error) {
		f := New(adb.NewServer(addr, adb.Options{}))
		f.Claims = OpenClaims(dir)
		return f.noteLease(Place{Entry: Entry{Serial: "0123456789ABCDEF"}, Row: adb.Row{Serial: "0123456789ABCDEF", State: "device", Path: "usb:1-4"}, State: Ready})
	}
	here, err := by("127.0.0.1:5037")
	require.NoError(t, err)
	defer here.Return()
	_, err = by("localhost:5038")
	require.ErrorIs(t, err, ErrLeased)
	there, err := by("10.0.0.2:5037")
	require.NoError(t, err, "port 1-4 of another computer")
	there.Return()
}

func TestAClaimOfADeadProcessOrWhoseTermIsOverFreesItself(t *testing.T) {
	dead := exec.Command("true")
	require.NoError(t, dead.Run())
	for name, change := range map[string]func(*claimed){
		"its process is dead":           func(c *claimed) { c.PID = dead.Process.Pid },
		"another process has its PID":   func(c *claimed) { c.Born = "1" },
		"its term is over":              func(c *claimed) { c.Expires = time.Now().Add(-time.Second) },
		"both, and it had no term then": func(c *claimed) { c.PID, c.Expires = dead.Process.Pid, time.Time{} },
	} {
		t.Run(name, func(t *testing.T) {
			one, two, p := processes(t)
			stale, err := one.noteLease(p)
			require.NoError(t, err)
			rewrite(t, claimFile(t, one), change)
			l, err := two.noteLease(p)
			require.NoError(t, err)
			stale.claim.written = time.Time{} // it is time to renew
			assert.ErrorIs(t, stale.Renew(), ErrLapsed, "who comes back late is told so")
			assert.True(t, over(stale))
			stale.Return()
			assert.NoError(t, l.Renew(), "and takes nothing from the next one")
			assert.FileExists(t, claimFile(t, two))
			l.Return()
		})
	}
}

func TestRenewingAClaimMovesItsEnd(t *testing.T) {
	one, _, p := processes(t)
	l, err := one.noteLease(p)
	require.NoError(t, err)
	defer l.Return()
	rewrite(t, claimFile(t, one), func(c *claimed) { c.Expires = time.Now().Add(time.Second) })
	require.NoError(t, l.Renew())
	is, err := readClaim(claimFile(t, one))
	require.NoError(t, err)
	assert.Less(t, time.Until(is.Expires), 2*time.Second, "not on the disk at every command")
	l.claim.written = time.Now().Add(-one.Term / 4)
	require.NoError(t, l.Renew())
	is, err = readClaim(claimFile(t, one))
	require.NoError(t, err)
	assert.Greater(t, time.Until(is.Expires), 50*time.Second)
}

func TestAClaimThatCannotBeReadIsNoFreeHandset(t *testing.T) {
	one, two, p := processes(t)
	l, err := one.noteLease(p)
	require.NoError(t, err)
	file := claimFile(t, one)
	for _, text := range []string{"", "{}", "null", "torn {"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		_, err = two.noteLease(p)
		require.ErrorContains(t, err, file, "%q", text)
		require.NotErrorIs(t, err, ErrLeased)
	}
	require.NoError(t, os.Remove(file))
	l.Return()
}

func TestAClaimIsOnTheHandsetByWhicheverWayItIsReached(t *testing.T) {
	one, two, p := processes(t)
	other := p
	other.Entry = Entry{Connect: "10.0.0.9:5555"}
	l, err := one.noteLease(p)
	require.NoError(t, err)
	is := identity{"boot 1", "0123456789ABCDEF"}
	l.identity = is
	require.NoError(t, l.claim.identify(is))
	by, err := two.noteLease(other)
	require.NoError(t, err)
	for _, another := range []identity{{"boot 2", is.Serial}, {is.Boot, "another"}, {"", is.Serial}, {is.Boot, ""}, {}} {
		require.NoError(t, by.claim.identify(another), "%v may be another handset", another)
	}
	refused := func(is identity) {
		t.Helper()
		var n *NotReady
		err := by.claim.identify(is)
		require.ErrorIs(t, err, ErrLeased)
		require.ErrorAs(t, err, &n)
		assert.Equal(t, Leased, n.State)
		assert.Contains(t, n.Cause, "has leased it as "+p.Entry.Key()+" of adb server ")
	}
	refused(is)

	require.NoError(t, l.isBoot("boot 2"))
	require.NoError(t, by.claim.identify(is), "it runs another boot by now")
	refused(identity{"boot 2", is.Serial})
	assert.Equal(t, is, by.claim.is.identity, "what is refused is not entered")

	require.NoError(t, os.WriteFile(filepath.Join(one.Claims.dir, claimsDir, "odd.json"), []byte("torn"), 0o600))
	l.Return()
	require.NoError(t, by.claim.identify(identity{"boot 2", is.Serial}), "the first has let it go")
	by.Return()
	assert.ErrorIs(t, by.claim.identify(is), ErrLapsed)
}

func TestAFolderOfStateThatCannotBeWrittenIsTheHostsFault(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, OpenClaims(filepath.Join(dir, "new")).Check())
	require.NoError(t, (*Claims)(nil).Check(), "there are none")
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, prepare := range map[string]func(state string) error{
		"a file stands where the folder should": func(state string) error { return os.Symlink(file, state) },
		"a folder stands where the lock should": func(state string) error { return os.MkdirAll(filepath.Join(state, claimsLock), 0o700) },
		"a file stands where the claims should": func(state string) error {
			return errors.Join(os.MkdirAll(state, 0o700), os.WriteFile(filepath.Join(state, claimsDir), nil, 0o600))
		},
		"nobody may write there": func(state string) error {
			if os.Geteuid() == 0 {
				return os.Symlink("/proc/self", state) // not even root
			}
			return os.MkdirAll(state, 0o500)
		},
	} {
		state := filepath.Join(dir, name)
		require.NoError(t, prepare(state))
		require.ErrorIs(t, OpenClaims(state).Check(), ErrState, name)
	}
	require.ErrorIs(t, OpenStore(file).Add(Sentence{Key: "A", Reason: "r"}), ErrState)
	_, err := OpenStore(file).List()
	require.ErrorIs(t, err, ErrState)
}

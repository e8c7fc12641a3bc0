package farm

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
)

// renting is a farm whose leases have a term, and a place on it.
func renting() (*Farm, Place) {
	f := New(adb.NewServer("", adb.Options{}))
	f.Term = time.Minute
	return f, Place{Entry: Entry{Serial: "A"}, Row: adb.Row{Serial: "A", State: "device"}, State: Ready}
}

func over(l *Lease) bool {
	select {
	case <-l.Done():
		return true
	default:
		return false
	}
}

func TestALeaseThatNobodyRenewsFreesItsHandset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, p := renting()
		stale, err := f.noteLease(p)
		require.NoError(t, err)
		time.Sleep(59 * time.Second)
		require.NoError(t, stale.Renew())
		assert.Equal(t, time.Now().Add(time.Minute), stale.Expires())
		time.Sleep(59 * time.Second)
		assert.False(t, over(stale))
		assert.NoError(t, stale.Cause())
		_, err = f.noteLease(p)
		require.ErrorIs(t, err, ErrLeased)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.True(t, over(stale))
		assert.ErrorIs(t, stale.Cause(), ErrLapsed)
		assert.ErrorIs(t, stale.Renew(), ErrLapsed)

		next, err := f.noteLease(p)
		require.NoError(t, err)
		stale.Return()
		_, err = f.noteLease(p)
		assert.ErrorIs(t, err, ErrLeased, "who comes back late takes nothing from the next one")
		next.Return()
		next.Return()
		assert.ErrorIs(t, next.Cause(), ErrReturned)
		last, err := f.noteLease(p)
		require.NoError(t, err)
		last.Return()
	})
}

func TestARevokedLeaseSaysWhyAndKeepsItsHandsetUntilItIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, p := renting()
		heat := errors.New("battery at 46.0 °C")
		l, err := f.noteLease(p)
		require.NoError(t, err)
		l.Revoke(heat)
		l.Revoke(errors.New("something else"))
		assert.True(t, over(l))
		assert.Equal(t, heat, l.Cause())
		assert.ErrorIs(t, l.Renew(), heat)
		_, err = f.noteLease(p)
		require.ErrorIs(t, err, ErrLeased, "whoever has it may still be putting it back")
		time.Sleep(time.Minute)
		synctest.Wait()
		l, err = f.noteLease(p)
		require.NoError(t, err, "but no longer than its term")
		l.Return()
	})
}

func TestALeaseWithoutATermHoldsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, p := renting()
		f.Term = 0
		l, err := f.noteLease(p)
		require.NoError(t, err)
		time.Sleep(1000 * time.Hour)
		assert.False(t, over(l))
		assert.NoError(t, l.Renew())
		assert.Zero(t, l.Expires())
		l.Return()
		assert.True(t, over(l))
	})
}

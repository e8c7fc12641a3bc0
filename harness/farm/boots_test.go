package farm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"assay/harness/farm"
)

func TestBootsThatNobodyAskedForMakeABootLoop(t *testing.T) {
	at := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	loop := farm.Loop{Boots: 3, Within: 10 * time.Minute}
	var b farm.Boots
	see := func(id string, minute int) bool {
		var another bool
		b, another = b.Seen(id, at.Add(time.Duration(minute)*time.Minute))
		return another
	}
	assert.False(t, see("a", 0), "the first one seen says nothing of a reboot")
	assert.False(t, see("a", 1))
	assert.False(t, see("", 1), "nor one that is not known")
	assert.True(t, see("b", 2))
	assert.True(t, see("c", 3))
	assert.False(t, b.Looping(loop, at.Add(3*time.Minute)))
	b = b.Expecting()
	assert.True(t, see("d", 4))
	assert.False(t, b.Looping(loop, at.Add(4*time.Minute)), "the harness's own reboot does not count")
	assert.True(t, see("e", 5))
	assert.True(t, b.Looping(loop, at.Add(5*time.Minute)))
	assert.Equal(t, 3, b.In(loop.Within, at.Add(11*time.Minute)))
	assert.False(t, b.Looping(loop, at.Add(12*time.Minute)), "the oldest is too long ago")
}

func TestBootsKeepNoMoreThanTheyNeed(t *testing.T) {
	var b farm.Boots
	at := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	for i := range 1000 {
		b, _ = b.Seen(fmt.Sprint(i), at)
	}
	assert.Equal(t, 16, b.In(time.Hour, at))
}

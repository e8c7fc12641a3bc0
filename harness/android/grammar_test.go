package android

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestALineOfAGrantIsTakenApart(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		g  GrantLine
		ok bool
	}{
		"android.permission.INTERNET":                                 {GrantLine{Name: []byte("android.permission.INTERNET"), Granted: true}, true},
		"a.b.C: granted=true":                                         {GrantLine{Name: []byte("a.b.C"), Stated: true, Granted: true, Rest: []byte("true")}, true},
		"a.b.C: granted=false, flags=[ A|B]":                          {GrantLine{Name: []byte("a.b.C"), Stated: true, Flags: []byte(" A|B"), Rest: []byte{}}, true},
		"a.b.C: granted=true, flags=[ A B ], userId=10":               {GrantLine{Name: []byte("a.b.C"), Stated: true, Granted: true, Flags: []byte(" A B "), Rest: []byte(", userId=10")}, true},
		"a.b.C: granted=perhaps":                                      {GrantLine{Name: []byte("a.b.C"), Stated: true, Rest: []byte("perhaps")}, false},
		"a:b: granted=true":                                           {GrantLine{Name: []byte("a:b"), Stated: true, Granted: true, Rest: []byte("true")}, true},
		"a.b.C: granted=true, flags=[ A":                              {GrantLine{Name: []byte("a.b.C"), Stated: true, Granted: true, Flags: []byte(" A"), Rest: []byte("true, flags=[ A")}, true},
		"a.b.C: restricted=true: granted=false, flags=[ A] and so on": {GrantLine{Name: []byte("a.b.C: restricted=true"), Stated: true, Flags: []byte(" A"), Rest: []byte(" and so on")}, true},
	} {
		g, ok := CutGrant([]byte(line))
		assert.Equal(t, want.ok, ok, line)
		assert.Equal(t, want.g, g, line)
	}
}

func TestAFieldIsTakenApart(t *testing.T) {
	t.Parallel()
	key, value, ok := CutField([]byte("  level: 85 "))
	assert.Equal(t, []string{"level", "85"}, []string{string(key), string(value)})
	assert.True(t, ok)
	_, _, ok = CutField([]byte("Battery"))
	assert.False(t, ok)
}

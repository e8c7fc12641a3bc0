package strict_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/strict"
)

type shelf struct {
	Name     string `yaml:"name"`
	Handsets []struct {
		Serial string `yaml:"serial"`
		Count  int    `yaml:"count"`
	} `yaml:"handsets"`
}

func TestDecodeReadsWhatIsRight(t *testing.T) {
	t.Parallel()
	var s shelf
	require.NoError(t, strict.Decode("shelf.yaml", []byte("name: a\nhandsets:\n  - serial: X\n    count: 2\n"), &s))
	assert.Equal(t, "X", s.Handsets[0].Serial)
	assert.Equal(t, 2, s.Handsets[0].Count)
}

func TestDecodePointsAtWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"an unknown key": {"name: a\nhandsets:\n  - seriall: X\n",
			"shelf.yaml:3:5: unknown key \"seriall\"; did you mean \"serial\"?\n    - seriall: X\n      ^"},
		"a key like no other": {"weather: a\n", "shelf.yaml:1:1: unknown key \"weather\"\n  weather: a\n  ^"},
		"a value of the wrong type": {"handsets:\n  - count: many\n",
			"shelf.yaml:2:12: here is the word \"many\"; give a whole number\n    - count: many\n             ^"},
	} {
		t.Run(name, func(t *testing.T) {
			var s shelf
			assert.EqualError(t, strict.Decode("shelf.yaml", []byte(c.text), &s), c.want)
		})
	}
}

func TestDecodeRefusesTwoOfOneKey(t *testing.T) {
	t.Parallel()
	var s shelf
	assert.ErrorContains(t, strict.Decode("shelf.yaml", []byte("name: a\nname: b\n"), &s), "shelf.yaml:2:1: ")
}

func TestFindPointsAtTheNearestThingThatIsThere(t *testing.T) {
	t.Parallel()
	raw := []byte("handsets:\n  - serial: A\n  - count: 1\n")
	assert.EqualError(t, strict.PlacesIn("s.yaml", raw).Find("$.handsets[0].serial", "taken"), "s.yaml:2:13: taken\n    - serial: A\n              ^")
	assert.ErrorContains(t, strict.PlacesIn("s.yaml", raw).Find("$.handsets[1].serial", "missing"), "s.yaml:3:")
	assert.EqualError(t, strict.PlacesIn("s.yaml", raw).Find("$", "empty"), "s.yaml: empty")
}

func TestMeantSuggestsOnlyWhatIsNear(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `; did you mean "launch"?`, strict.Meant("lanch", []string{"launch", "stop"}))
	assert.Empty(t, strict.Meant("photograph", []string{"launch", "stop"}))
}

func TestWhatMakesTheLibraryPanicIsAnError(t *testing.T) {
	t.Parallel()
	raw := []byte("roles:  !|a~'|tags: #,")
	var v struct {
		Roles []struct{ Brand string } `yaml:"roles"`
	}
	assert.ErrorContains(t, strict.Decode("s.yaml", raw, &v), "s.yaml: unreadable YAML")
	assert.ErrorContains(t, strict.PlacesIn("s.yaml", raw).Find("$.roles", "here"), "s.yaml")
}

func TestKeysOfAFileAreKnownAlsoWhereOneStandsTwice(t *testing.T) {
	t.Parallel()
	p := strict.PlacesIn("s.yaml", []byte("a: 1\na: 2\n"))
	assert.True(t, p.Has("a"))
	assert.False(t, p.Has("b"))
	assert.False(t, strict.PlacesIn("s.yaml", []byte("- a\n")).Has("a"))
	assert.False(t, strict.PlacesIn("s.yaml", nil).Has("a"))
}

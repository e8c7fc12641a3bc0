package phone

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDecimalsTakeTheCommaOfTheLanguage(t *testing.T) {
	for locale, want := range map[string]string{"de-DE": "12,5% of 3,75", "ar-EG": "١٢٫٥% of ٣٫٧٥", "zh-CN": "12.5% of 3.75",
		"en-GB": "12.5% of 3.75"} {
		assert.Equal(t, want, string(inLocale([]byte("12.5% of 3.75"), locale, []string{"dumpsys", "cpuinfo"})), locale)
		assert.Equal(t, "12.5", string(inLocale([]byte("12.5"), locale, []string{"dumpsys", "battery"})),
			"%s: battery prints no decimals of Java's", locale)
	}
}

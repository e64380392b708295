package organisation_test

import (
	"reflect"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// Whatever is learned of people, nothing that the configuration says is lost by it.
func TestNothingIsLostByAnOverlay(t *testing.T) {
	t.Parallel()
	var o organisation.Organisation
	fields := reflect.ValueOf(&o).Elem()
	for i := range fields.NumField() {
		if fields.Type().Field(i).IsExported() && !something(fields.Field(i)) {
			t.Fatalf("%s can't be given a value", fields.Type().Field(i).Name)
		}
	}
	next := reflect.ValueOf(o.With(people.Overlay{})).Elem()
	for i := range fields.NumField() {
		if f := fields.Type().Field(i); f.IsExported() && next.Field(i).IsZero() {
			t.Errorf("%s is lost", f.Name)
		}
	}
}

// something gives a value that is not zero.
func something(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && something(v.Field(i)) {
				return true
			}
		}
	}
	return !v.IsZero()
}

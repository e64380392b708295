package jsonappend

// Value writes a value that appends itself.
func Value[T Appender](o Object, key string, v T) Object {
	o = o.key(key)
	return o.then(v.AppendJSON(o.b))
}

// OptPointer writes what v points to, if it does.
func OptPointer[T Appender](o Object, key string, v *T) Object {
	if v == nil {
		return o
	}
	o = o.key(key)
	return o.then((*v).AppendJSON(o.b))
}

// List writes a list of values; nil is null.
func List[T Appender](o Object, key string, v []T) Object {
	o = o.key(key)
	if v == nil {
		return o.null()
	}
	o.b = append(o.b, '[')
	for i := range v {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o = o.then(v[i].AppendJSON(o.b))
	}
	o.b = append(o.b, ']')
	return o
}

// OptList writes a list that is not empty.
func OptList[T Appender](o Object, key string, v []T) Object {
	if len(v) == 0 {
		return o
	}
	return List(o, key, v)
}

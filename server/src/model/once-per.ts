// What is made of an object that does not change is made once, and goes with it.

/** What `make` gives for an object, made when it is first asked for. */
export function oncePer<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const made = new WeakMap<K, V>();
  return (of) => {
    const known = made.get(of);
    if (known !== undefined || made.has(of)) return known as V;
    const fresh = make(of);
    made.set(of, fresh);
    return fresh;
  };
}

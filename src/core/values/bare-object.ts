/** An object of this class inherits nothing, as with Object.create(null), but is as fast as any other. */
class Nothing {}
Object.setPrototypeOf(Nothing.prototype, null);
Reflect.deleteProperty(Nothing.prototype, 'constructor');

/** An object for names that others choose: one such as `__proto__` is a name like any other. */
export function bareObject<T>(): Record<string, T> {
  return new Nothing() as Record<string, T>; // it has no members yet
}

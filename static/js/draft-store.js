// Kept texts: what a form holds, and where it lies in this browser. A draft is
// {revision, at, values, older}; older is a kept text that nobody has decided on yet.
const NEVER = /^(password|hidden|file|submit|button|reset|image|fieldset|output)$/;
const DAYS_KEPT = 30;
const { person } = document.documentElement.dataset;

export const mayKeep = Boolean(person);

/** Return the key of a draft; it names the person, who may not be alone at this machine. */
export const keyOf = (name) => `didim:draft:${person}:${name}`;

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Run on localStorage; full or forbidden storage is no reason to disturb the writer. */
function stored(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null;
  }
}

/** Return a draft, or null. */
export const find = (key) => stored((storage) => JSON.parse(storage.getItem(key)));

/** Keep a draft; return whether there was room. */
export const put = (key, draft) =>
  Boolean(stored((storage) => storage.setItem(key, JSON.stringify(draft)) ?? true));

export const remove = (key) => stored((storage) => storage.removeItem(key));

/** Remove what is older than 30 days, of everyone. */
export function removeOld() {
  const oldest = Date.now() - DAYS_KEPT * 24 * 3600 * 1000;
  const keys = (stored(Object.keys) ?? []).filter((key) => key.startsWith("didim:draft:"));
  keys.filter((key) => (find(key)?.at ?? 0) < oldest).forEach(remove);
}

/** Return the fields that a person fills; never a password, a token or a file. */
export const fieldsOf = (form) => [...form.elements].filter((one) => one.name && !NEVER.test(one.type));

const isTick = (field) => field.type === "radio" || field.type === "checkbox";

/** Return what the form holds: [[name, value], …] in the order of its fields. */
export function read(form) {
  const filled = fieldsOf(form).filter((field) => !isTick(field) || field.checked);
  return filled.map((field) => [field.name, field.value]);
}

/** Put kept values back into the form. */
export function write(form, values) {
  const left = [...values];
  for (const field of fieldsOf(form)) {
    if (isTick(field)) field.checked = values.some((one) => same(one, [field.name, field.value]));
    else {
      const place = left.findIndex(([name]) => name === field.name);
      if (place >= 0) field.value = left.splice(place, 1)[0][1];
    }
  }
}

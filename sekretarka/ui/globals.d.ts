// What our scripts put on the window, and what their packages leave untyped.

/** Code of a form's error, or field → code. */
type FormErrors = Record<string, string>;

/** `{done: true}` when the form has served, {} when the page is about to change, otherwise the errors. */
type FormResult = FormErrors | { done: true };

/** sekretarka/ui/auth.js */
interface Auth {
  signIn(form: FormErrors): Promise<FormResult | string>;
  register(form: FormErrors): Promise<FormResult>;
  askForReset(form: FormErrors): Promise<FormResult>;
  setPassword(form: FormErrors): Promise<FormResult>;
  verifyEmail(form: FormErrors): Promise<FormResult>;
  askForVerification(form: FormErrors): Promise<FormResult>;
  changePassword(form: FormErrors): Promise<FormResult>;
  registerInvited(form: FormErrors): Promise<FormResult>;
  createOrganization(form: FormErrors): Promise<FormResult>;
  /** An error code of Auth.js, "offline", or "" when the page is about to change. */
  signInWith(provider: string, callbackUrl?: string): Promise<string>;
  ask(path: string, fields: object): Promise<Response>;
  signOut(to?: string): Promise<void>;
  renew(to: string): Promise<void>;
  selectOrganization(id: string): Promise<void>;
}

interface Window {
  sekretarka: Auth;
  /** sekretarka/ui/entry.js */
  sekretarkaEntry: { leave(login: string): Promise<void>; setOut(): void; full(): void; goOn(): Promise<void> };
  /** sekretarka/ui/start.js: the token of an emailed link. */
  linkToken?: string;
}

declare module "*.css";
declare module "react-big-calendar/lib/addons/dragAndDrop/DnDContext";

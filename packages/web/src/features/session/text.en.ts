import { type Catalogue, registerText } from '../../ui/i18n.ts'

export const sessionText: Catalogue = {
  login: {
    title: 'Sign in',
    email: 'E-mail address',
    password: 'Password',
    submit: 'Sign in',
    codeTitle: 'Second factor',
    codeText: 'Enter the six digits of your authenticator, or one of your recovery codes.',
    code: 'Code',
    codeSubmit: 'Continue',
    other: 'Use another account',
    expired: 'Your session has ended. Sign in again; you will come back to where you were.',
    setupNeeded: 'Watchfloor is not set up yet. Open the one-time link that the server printed when it started.',
  },
  setup: {
    title: 'Set up Watchfloor',
    text: 'This makes the first administrator. Everything else can be changed later.',
    organisation: 'Organisation',
    displayName: 'Your name',
    email: 'E-mail address',
    password: 'Password',
    passwordHint: 'At least {{count}} characters. A sentence is easier to remember than a puzzle.',
    token: 'Set-up token',
    tokenHint: 'It is in the link that the server printed when it started.',
    submit: 'Create the administrator',
    done: 'Watchfloor is set up already.',
    toLogin: 'Go to the sign-in page',
  },
  mustDo: {
    passwordTitle: 'Choose a password of your own',
    passwordText: 'The one you signed in with was made by somebody else.',
    current: 'Current password',
    next: 'New password',
    save: 'Save the password',
    factorTitle: 'Set up a second factor',
    factorText:
      'Your organisation asks everybody for one. Scan the code with an authenticator app and enter the six digits that it shows.',
    signOut: 'Sign out',
  },
}

registerText('session', sessionText)

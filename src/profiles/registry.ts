import type { ProfileName } from '../domain/delivery.ts';
import type { Profile } from './profile.ts';
import { selgora } from './selgora.ts';
import { selz } from './selz.ts';
import { standard } from './standard.ts';

const REGISTRY: Readonly<Record<ProfileName, Profile>> = { selgora, selz, standard };

export function profileOf(name: ProfileName): Profile {
  return REGISTRY[name];
}

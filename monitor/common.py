"""Words that say nothing of what a text is about, folded, in the languages that are listened in."""

from typing import Final

_EVERYWHERE: Final = """
a al algo ahi ahora ante antes aqui asi aun aunque bien cada casi como con contra cual cuando de del desde despues
donde dos el ella ellos en entre era eres es esa ese eso esos esta estan estar estas este esto estos estoy fue fueron
ha hace hacer haces hago han has hasta hay he hemos hoy la las le les lo los mas me mi mis mucho mucha muchos muy nada
ni no nos nosotros nuestra nuestro o os otra otro para pero poco por porque pues que quien se sea sera si sido siempre
sin sobre solo son soy su sus tambien tan tanto te tengo tenia ti tiene tienen todo toda todos todas tras tu tus un
una unas uno unos va vamos van vas ver vez voy y ya yo
about after again all also am an and any are as at be because been before being but by can could did do does don down
each even for from get got had has have he her here him his how i if in into is it its just like ll make me more most
much my new not now of off on one only or other our out over re really she so some still such than that the their them
then there these they this those through to too under up us use very was we well were what when where which while who
why will with would you your ve
ao aos com da das do dos e em isso isto mais mas me meu minha na nas nao num numa o os ou para pela pelo por que quem
se sem sua seu so tem uma um
au aux avec ce ces cette dans des du elle est et il ils je la le les leur mais mes mon ne nous on ou par pas plus pour
qu que qui sa ses son sur tres un une vos votre vous
che chi con da dal dei del della di e gli ha il in io la le lei lo loro ma mi nel nella non per piu se si sono su sul
un una
als auf aus bei das dass dem den der des die ein eine einem einen einer er es fur hat ich ihr im ist mich mir mit nach
nicht noch nur oder sich sie sind so um und uns vom von war was wenn wie wir zu zum zur
amb aixo als de dels el els em es i la les mes molt no per pero que si un una
http https www com
"""
_ON_SITES: Final = """
accept account aceptar aviso boletin buscar carrito cart cerrar cesta checkout close condiciones contact contactanos
contacto cookie cookies copyright cuenta derechos email envio envios facebook faq favoritos footer gratis ingresar
inicio instagram legal linkedin login menu newsletter pinterest politica politicas privacidad privacy registrate
registro reservados reserved rights search shipping skip subscribe suscribete terminos terms tiktok twitter youtube
"""

COMMON: Final = frozenset(_EVERYWHERE.split())
"""What stands in every text."""
FURNITURE: Final = frozenset(_ON_SITES.split())
"""What stands on every site, whoever's it is."""
